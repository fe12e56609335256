//! The owner is told, once, when an account died, and when it is back: in the main session and on
//! an account that works.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::transcript::Speaker;

use crate::inbound_world::{House, Setup, account};
use crate::network::{FakeNetwork, Way, plain};

const MINUTE: Duration = Duration::from_mins(1);

struct Watch {
    house: House,
    network: Arc<FakeNetwork>,
    other: Arc<FakeNetwork>,
}

/// Two accounts; the owner is told at both of them.
async fn watch() -> Watch {
    let network = FakeNetwork::new("fake", plain());
    let other = FakeNetwork::new("other", plain());
    let accounts = [&network, &other].map(|one| account(Arc::clone(one) as _));
    let mut setup = Setup::new(accounts);
    setup.notices = vec![network.direct("owner"), other.direct("owner")];
    let house = setup.start().await;
    tokio::time::sleep(MINUTE).await;
    Watch {
        house,
        network,
        other,
    }
}

impl Watch {
    /// What the owner was told in the main session.
    async fn told(&self) -> Vec<String> {
        let messages = self.house.transcript("main").await.into_iter();
        messages
            .filter(|message| message.body.speaker == Speaker::Assistant)
            .map(|message| message.body.text())
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_break_is_nothing_to_tell() {
    let watch = watch().await;
    for _ in 0..5 {
        watch.network.set_way(Way::Down);
        tokio::time::sleep(MINUTE).await;
        watch.network.set_way(Way::Up);
        tokio::time::sleep(MINUTE * 3).await;
        let status = watch.house.status(watch.network.key()).await;
        assert!(status.state.works());
    }
    assert_eq!(watch.told().await, Vec::<String>::new());
    assert!(watch.other.texts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_long_one_is_told_once_and_its_end() {
    let watch = watch().await;
    watch.network.set_way(Way::Down);
    tokio::time::sleep(Duration::from_secs(115)).await;
    assert!(watch.told().await.is_empty(), "not yet");
    tokio::time::sleep(Duration::from_secs(10)).await;
    let told = watch.told().await;
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("Fake (fake:default) does not work"));
    assert_eq!(watch.other.texts(), told);
    let shown = watch.other.shown().remove(0);
    assert_eq!(shown.target, watch.other.direct("owner"));
    tokio::time::sleep(Duration::from_hours(3)).await;
    assert_eq!(watch.told().await.len(), 1, "once");

    watch.network.set_way(Way::Up);
    tokio::time::sleep(MINUTE * 3).await;
    let told = watch.told().await;
    assert_eq!(told.len(), 2);
    assert!(told[1].starts_with("Fake (fake:default) works again."));
    assert_eq!(watch.other.texts(), told);
    assert!(watch.network.texts().is_empty(), "not where it happened");
    tokio::time::sleep(Duration::from_hours(3)).await;
    assert_eq!(watch.told().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn whoever_must_sign_in_is_told_at_once() {
    let watch = watch().await;
    watch.network.set_way(Way::SignedOut);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let told = watch.told().await;
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("revoked"), "{}", told[0]);
    assert_eq!(watch.other.shows(1).await[0].text, told[0]);
    tokio::time::sleep(Duration::from_hours(3)).await;
    assert_eq!(watch.told().await.len(), 1);

    watch.network.set_way(Way::Up);
    let within = Duration::from_secs(1);
    watch.house.engine.probe_accounts(None, within).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(watch.told().await[1].contains("works again"));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_through_an_account_that_is_down_itself() {
    let watch = watch().await;
    watch.network.set_way(Way::Down);
    watch.other.set_way(Way::Down);
    tokio::time::sleep(MINUTE * 10).await;
    let mut told = watch.told().await;
    told.sort();
    assert_eq!(told.len(), 2, "each in the main session");
    assert!(told[0].contains("fake:default") && told[1].contains("other:default"));
    watch.other.set_way(Way::Up);
    tokio::time::sleep(MINUTE * 10).await;
    assert!(watch.other.texts().is_empty(), "old news is not sent later");
    assert_eq!(watch.told().await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn whoever_signs_out_himself_is_not_told() {
    let watch = watch().await;
    let key = watch.network.key();
    watch.network.set_way(Way::Down);
    tokio::time::sleep(MINUTE).await;
    watch.house.engine.logout_account(key).await.unwrap();
    tokio::time::sleep(Duration::from_hours(1)).await;
    let status = watch.house.status(key).await;
    assert!(!status.state.works());
    assert_eq!(watch.told().await, Vec::<String>::new());
}
