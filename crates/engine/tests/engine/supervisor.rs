//! What keeps an account running: it comes back by itself, never twice at once, and waits for a
//! person where only a person can help (SECURITY F05, F26).

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::{AccountState, ChannelError};
use tidegate_engine::EngineError;
use tokio::time::Instant;

use crate::inbound_line::{Host, Life, Line, call};
use crate::inbound_world::{House, Setup, account, dm};
use crate::network::{FakeNetwork, Way, plain};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);

fn network() -> Arc<FakeNetwork> {
    FakeNetwork::new("fake", plain())
}

fn cut() -> Life {
    Life::Fails(ChannelError::Unreachable("cut".into()))
}

/// The time between two lives.
fn pause(began: &[Instant], after: usize) -> Duration {
    began[after + 1] - began[after]
}

/// Asserts a pause of at most `whole`, and of at least half of it.
fn assert_jittered(pause: Duration, whole: Duration) {
    let slack = Duration::from_millis(2);
    assert!(pause + slack >= whole / 2, "{pause:?} for {whole:?}");
    assert!(pause <= whole + slack, "{pause:?} for {whole:?}");
}

async fn state(house: &House, line: &Line) -> AccountState {
    house.status(line.network.key()).await.state
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_waited_out_twice_as_long_each_time() {
    let mut lives: Vec<Life> = (0..9).map(|_| cut()).collect();
    // Half a minute is not enough to begin anew, a minute is.
    lives.push(Life::Works(Duration::from_secs(30)));
    lives.push(Life::Works(Duration::from_mins(2)));
    lives.push(cut());
    let line = Line::new(network(), lives);
    let house = Setup::on(&line).start().await;
    let began = line.lives(13).await;
    for (after, whole) in [1, 2, 4, 8, 16, 32, 60, 60, 60].into_iter().enumerate() {
        assert_jittered(pause(&began, after), SECOND * whole);
    }
    let after_half = pause(&began, 9).saturating_sub(SECOND * 30);
    assert_jittered(after_half, SECOND * 60);
    let after_stable = pause(&began, 10).saturating_sub(SECOND * 120);
    assert_jittered(after_stable, SECOND);
    assert_jittered(pause(&began, 11), SECOND * 2);
    assert_eq!(line.overlaps(), 0);
    crate::world::settle().await;
    assert_eq!(state(&house, &line).await, AccountState::Live);
}

#[tokio::test(start_paused = true)]
async fn pauses_differ() {
    let line = Line::new(network(), (0..60).map(|_| cut()));
    let _house = Setup::on(&line).start().await;
    let began = line.lives(60).await;
    let mut pauses: Vec<_> = (10..59).map(|after| pause(&began, after)).collect();
    pauses.sort();
    pauses.dedup();
    assert!(pauses.len() > 20, "{} kinds of pauses", pauses.len());
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_why_and_when_it_goes_on() {
    let line = Line::new(network(), [cut(), cut(), cut()]);
    let house = Setup::on(&line).start().await;
    line.lives(3).await;
    crate::world::settle().await;
    let status = house.status(line.network.key()).await;
    let AccountState::Backoff { until_ms, reason } = &status.state else {
        panic!("{}", status.state)
    };
    assert_eq!(reason, "cut");
    assert!((1..=4_000).contains(&(until_ms - house.engine.now_ms())));
    assert_eq!(status.attempts, 3);
    assert_eq!(status.last_error.unwrap().1, "cut");
    line.lives(4).await;
    crate::world::settle().await;
    let status = house.status(line.network.key()).await;
    assert_eq!((status.state, status.attempts), (AccountState::Live, 0));
}

#[tokio::test(start_paused = true)]
async fn a_conflict_names_who_has_it() {
    let conflict = || Life::Fails(ChannelError::Conflict("another program polls".into()));
    let line = Line::new(network(), (0..5).map(|_| conflict()));
    let house = Setup::on(&line).start().await;
    line.lives(1).await;
    crate::world::settle().await;
    let AccountState::Conflict { holder, until_ms } = state(&house, &line).await else {
        panic!("no conflict")
    };
    assert_eq!(holder, "another program polls");
    assert!(until_ms > house.engine.now_ms());
    let began = line.lives(6).await;
    for (after, whole) in [5, 5, 5, 8, 16].into_iter().enumerate() {
        assert_jittered(pause(&began, after), SECOND * whole);
    }
}

#[tokio::test(start_paused = true)]
async fn a_network_that_asks_to_wait_is_waited_for() {
    let limited = |retry_after_ms| {
        Life::Fails(ChannelError::Limited {
            retry_after_ms,
            account: true,
        })
    };
    let line = Line::new(network(), [limited(90_000), limited(0)]);
    let _house = Setup::on(&line).start().await;
    let began = line.lives(3).await;
    assert!(pause(&began, 0) >= SECOND * 90);
    assert!(pause(&began, 1) >= SECOND, "never at once");
}

#[tokio::test(start_paused = true)]
async fn whoever_is_signed_out_waits_for_a_person() {
    let signed_out = Life::Fails(ChannelError::SignedOut("401".into()));
    let needs_setup = Life::Fails(ChannelError::NeedsSetup("switch intents on".into()));
    let network = network();
    network.set_way(Way::SignedOut);
    let line = Line::new(Arc::clone(&network), [signed_out, needs_setup]);
    let house = Setup::on(&line).start().await;
    let needs_login = |reason: &str| AccountState::NeedsLogin {
        reason: reason.into(),
    };
    tokio::time::sleep(HOUR * 24).await;
    assert_eq!(line.began().len(), 1, "no try by itself");
    assert_eq!(state(&house, &line).await, needs_login("401"));

    house.engine.probe_accounts(None, SECOND).await;
    tokio::time::sleep(HOUR).await;
    assert_eq!(line.began().len(), 1, "the network does not know us");

    network.set_way(Way::Up);
    house.engine.probe_accounts(None, SECOND).await;
    line.lives(2).await;
    crate::world::settle().await;
    assert_eq!(state(&house, &line).await, needs_login("switch intents on"));
    house.engine.probe_accounts(None, SECOND).await;
    line.lives(3).await;
    crate::world::settle().await;
    assert_eq!(state(&house, &line).await, AccountState::Live);
    house.engine.probe_accounts(None, SECOND).await;
    tokio::time::sleep(HOUR).await;
    assert_eq!(line.began().len(), 3, "one that works is left alone");
}

#[tokio::test(start_paused = true)]
async fn a_log_out_ends_the_connection_for_good() {
    let network = network();
    let line = Line::new(Arc::clone(&network), []);
    let dir = tempfile::tempdir().unwrap();
    let token = dir.path().join("token");
    std::fs::write(&token, "secret").unwrap();
    let mut setup = Setup::on(&line);
    setup.accounts[0].facts.token_file = Some(token.clone());
    let house = setup.start().await;
    line.lives(1).await;
    line.brings("x", vec![dm("1", "bob", "hello")]);
    let out = house.engine.logout_account(network.key()).await.unwrap();
    assert!(out.cleared && out.remains_in.is_none() && !token.exists());
    crate::world::settle().await;
    assert_eq!(line.at_work(), 0);
    for _ in 0..3 {
        house.engine.probe_accounts(None, SECOND).await;
        tokio::time::sleep(HOUR).await;
        let now = state(&house, &line).await;
        assert!(matches!(now, AccountState::NeedsLogin { .. }), "{now}");
    }
    assert_eq!(line.began().len(), 1, "not even if the network knows us");
    assert!(house.engine.knock(network.key(), &call("")).is_none());
    let called = house.engine.webhook(network.key(), call("x")).await;
    assert_eq!(called.unwrap(), None, "nothing comes in");
    let again = house.engine.logout_account(network.key()).await.unwrap();
    assert!(!again.cleared);
    let unknown = tidegate_core::channel::AccountKey::new("none", "default");
    let refused = house.engine.logout_account(&unknown).await;
    assert!(matches!(refused, Err(EngineError::UnknownChannel(_))));
}

#[tokio::test(start_paused = true)]
async fn a_log_out_while_it_waits_is_one_too() {
    let line = Line::new(network(), (0..6).map(|_| cut()));
    let house = Setup::on(&line).start().await;
    line.lives(6).await;
    crate::world::settle().await;
    let key = line.network.key();
    house.engine.logout_account(key).await.unwrap();
    tokio::time::sleep(HOUR).await;
    assert_eq!(line.began().len(), 6);
    let now = state(&house, &line).await;
    assert!(matches!(now, AccountState::NeedsLogin { .. }), "{now}");
}

#[tokio::test(start_paused = true)]
async fn a_deaf_connection_that_is_logged_out_says_so() {
    let line = Line::new(network(), [Life::Deaf]);
    let house = Setup::on(&line).start().await;
    line.lives(1).await;
    let key = line.network.key();
    house.engine.logout_account(key).await.unwrap();
    tokio::time::sleep(SECOND * 6).await;
    assert_eq!(line.at_work(), 0, "its future was dropped");
    let now = state(&house, &line).await;
    assert!(matches!(now, AccountState::NeedsLogin { .. }), "{now}");
}

#[tokio::test(start_paused = true)]
async fn a_bug_of_a_network_is_a_failure_like_others() {
    let line = Line::new(network(), [Life::Panics]);
    let house = Setup::on(&line).start().await;
    line.lives(1).await;
    crate::world::settle().await;
    let now = state(&house, &line).await;
    assert!(now.reason().unwrap().contains("internal error"), "{now}");
    line.lives(2).await;
    crate::world::settle().await;
    assert_eq!(state(&house, &line).await, AccountState::Live);

    let line = Line::with_broken_probe(network());
    let house = Setup::on(&line).start().await;
    tokio::time::sleep(HOUR).await;
    assert_eq!(state(&house, &line).await, AccountState::Live);
    assert_eq!(line.began().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_connection_before_the_next_begins() {
    let lives = [Life::Silent, Life::Deaf, Life::Silent];
    let line = Line::new(network(), lives);
    let house = Setup::on(&line).start().await;
    let began = line.lives(4).await;
    let patience = SECOND * 65;
    // Two proofs of half a minute and five seconds; one that does not return has five more.
    for (after, (longer, whole)) in [(0, 1), (5, 2), (0, 4)].into_iter().enumerate() {
        let wait = pause(&began, after).saturating_sub(patience + SECOND * longer);
        assert_jittered(wait, SECOND * whole);
    }
    assert_eq!(line.overlaps(), 0);
    assert_eq!(line.at_work(), 1);
    crate::world::settle().await;
    let status = house.status(line.network.key()).await;
    assert_eq!(status.state, AccountState::Live);
    assert_eq!(status.last_error.unwrap().1, "nothing was heard for 65 s");
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_left_alone() {
    let line = Line::new(network(), []);
    let house = Setup::on(&line).start().await;
    line.lives(1).await;
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert_eq!(state(&house, &line).await, AccountState::Live);
    }
    assert_eq!(line.began().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_that_connects_anew_by_itself_has_its_time() {
    let line = Line::new(network(), [Life::Reconnects(SECOND * 40)]);
    let house = Setup::on(&line).start().await;
    line.lives(1).await;
    tokio::time::sleep(SECOND * 180).await;
    assert_eq!(state(&house, &line).await, AccountState::Connecting);
    tokio::time::sleep(SECOND * 60).await;
    assert_eq!(state(&house, &line).await, AccountState::Live);
    assert_eq!(line.began().len(), 1, "nobody cut it off");

    let line = Line::new(network(), [Life::Reconnects(HOUR)]);
    let _house = Setup::on(&line).start().await;
    let began = line.lives(2).await;
    // It proved itself last 15 s before it began to connect anew.
    let expected = SECOND * (135 + 65 + 5);
    assert!(pause(&began, 0) <= expected + SECOND * 2);
}

#[tokio::test(start_paused = true)]
async fn a_required_account_that_is_down_is_missing() {
    let needed = network();
    let other = FakeNetwork::new("other", plain());
    let mut accounts = [&needed, &other].map(|one| account(Arc::clone(one) as _));
    accounts[0].required = true;
    needed.set_way(Way::Down);
    other.set_way(Way::Down);
    let house = Setup::new(accounts).start().await;
    tokio::time::sleep(SECOND).await;
    assert_eq!(house.engine.missing_accounts(), [needed.key().clone()]);
    needed.set_way(Way::Up);
    tokio::time::sleep(Duration::from_mins(3)).await;
    assert_eq!(house.engine.missing_accounts(), []);
    needed.set_way(Way::SignedOut);
    tokio::time::sleep(SECOND * 10).await;
    assert_eq!(house.engine.missing_accounts(), [needed.key().clone()]);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_switched_off_is_never_started() {
    let line = Line::new(network(), []);
    let mut setup = Setup::on(&line);
    setup.accounts[0].facts.enabled = false;
    let house = setup.start().await;
    tokio::time::sleep(HOUR).await;
    assert!(line.began().is_empty());
    assert_eq!(state(&house, &line).await, AccountState::Stopped);
    assert!(house.engine.knock(line.network.key(), &call("")).is_none());
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_gateway_is_the_end_of_the_connection() {
    for life in [None, Some(Life::Silent), Some(Life::Deaf)] {
        let line = Line::new(network(), life);
        let house = Setup::on(&line).start().await;
        line.lives(1).await;
        let began = Instant::now();
        house.engine.drain(SECOND * 30).await;
        assert!(began.elapsed() <= SECOND * 6);
        assert_eq!((line.began().len(), line.at_work()), (1, 0));
        assert_eq!(state(&house, &line).await, AccountState::Stopped);
    }
}

#[tokio::test(start_paused = true)]
async fn two_gateways_share_no_account() {
    let (first, second) = Host::two("gateway one (pid 1)", "gateway two (pid 2)");
    let line = Line::new(network(), []);
    let claiming = |claims| Setup {
        claims: Some(claims),
        ..Setup::on(&line)
    };
    let one = claiming(first).start().await;
    line.lives(1).await;
    let two = claiming(second).start().await;
    tokio::time::sleep(SECOND).await;
    let AccountState::Conflict { holder, .. } = state(&two, &line).await else {
        panic!("no conflict")
    };
    assert_eq!(holder, "gateway one (pid 1)");
    tokio::time::sleep(HOUR).await;
    assert_eq!(line.began().len(), 1, "it does not even connect");
    assert_eq!(state(&one, &line).await, AccountState::Live);

    one.engine.drain(SECOND * 10).await;
    let began = Instant::now();
    line.lives(2).await;
    assert!(began.elapsed() <= Duration::from_mins(1));
    crate::world::settle().await;
    assert_eq!(state(&two, &line).await, AccountState::Live);
    assert_eq!(line.overlaps(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_starts_of_two_profiles_poll_once() {
    let line = Line::new(network(), []);
    let (first, second) = Host::two("one", "two");
    for round in 0..100 {
        let claiming = |claims: &Arc<_>| Setup {
            claims: Some(Arc::clone(claims)),
            ..Setup::on(&line)
        };
        let one = claiming(&first).start().await;
        let two = claiming(&second).start().await;
        line.lives(round * 2 + 1).await;
        one.engine.drain(SECOND * 10).await;
        line.lives(round * 2 + 2).await;
        two.engine.drain(SECOND * 10).await;
        assert_eq!((line.overlaps(), line.at_work()), (0, 0), "round {round}");
    }
    assert_eq!(line.began().len(), 200);
}
