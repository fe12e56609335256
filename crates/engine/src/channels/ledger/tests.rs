use tidegate_core::SystemClock;

use super::*;

fn live() -> Ledger {
    let ledger = Ledger::new(Arc::new(SystemClock), Duration::from_secs(30));
    ledger.begin();
    ledger.proved();
    assert_eq!(ledger.state(), AccountState::Live);
    ledger
}

fn degraded(reason: &str) -> AccountState {
    AccountState::Degraded {
        reason: reason.to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn each_side_takes_back_its_own_fault_alone() {
    let ledger = live();
    ledger.degrade(Side::In, Some("events are missing"));
    ledger.degrade(Side::Out, Some("sending was refused"));
    let both = degraded("events are missing; sending was refused");
    assert_eq!(ledger.state(), both);
    ledger.proved();
    assert_eq!(ledger.state(), both, "a proof takes nothing back");
    ledger.degrade(Side::Out, None);
    assert_eq!(ledger.state(), degraded("events are missing"));
    ledger.degrade(Side::In, None);
    assert_eq!(ledger.state(), AccountState::Live);
    ledger.degrade(Side::Out, Some("sending was refused"));
    ledger.degrade(Side::In, None);
    assert_eq!(ledger.state(), degraded("sending was refused"));
}

#[tokio::test(start_paused = true)]
async fn a_new_connection_is_whole_on_its_own_side_alone() {
    let ledger = live();
    ledger.degrade(Side::In, Some("events are missing"));
    ledger.degrade(Side::Out, Some("sending was refused"));
    ledger.begin();
    assert_eq!(ledger.state(), AccountState::Connecting);
    ledger.proved();
    assert_eq!(ledger.state(), degraded("sending was refused"));
}
