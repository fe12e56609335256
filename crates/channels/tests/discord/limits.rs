//! Limits of rate, and an address that would be shut out.

use std::time::Duration;

use tidegate_core::channel::{Channel as _, ChannelError};
use tidegate_fakes::common::Fault;
use tidegate_fakes::discord::{Rate, Rates, Settings, routes};
use tokio::time::Instant;

use crate::contract::{Rig, attempt, text};
use crate::rig::{DiscordRig, rules};

async fn limited(rates: Rates) -> DiscordRig {
    DiscordRig::with(Settings { rates, ..rules() }).await
}

#[tokio::test]
async fn a_full_window_is_waited_for_and_never_run_into() {
    let rates = Rates {
        send: Rate::new(2, Duration::from_millis(400)),
        ..Rates::loose()
    };
    let rig = limited(rates).await;
    let adapter = rig.adapter();
    let began = Instant::now();
    for at in 0..5 {
        let words = text(&at.to_string());
        adapter
            .send(&rig.direct(), &words, &attempt(&at.to_string()))
            .await
            .unwrap();
    }
    assert!(
        began.elapsed() >= Duration::from_millis(700),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(rig.fake.invalid_requests(), 0);
    assert_eq!(rig.shown(&rig.direct()).len(), 5);
}

#[tokio::test]
async fn a_limit_of_one_channel_is_none_of_another() {
    let rig = DiscordRig::start().await;
    let adapter = rig.adapter();
    let retry_after = Duration::from_secs(30);
    rig.fake
        .faults()
        .next(routes::SEND, Fault::TooMany { retry_after });
    for _ in 0..3 {
        let refused = adapter.send(&rig.direct(), &text("x"), &attempt("1")).await;
        assert!(
            matches!(refused, Err(ChannelError::Limited { retry_after_ms, account: false }) if retry_after_ms > 29_000),
            "{refused:?}"
        );
    }
    // Only the first was really tried.
    assert_eq!(rig.calls(routes::SEND), 1);
    adapter
        .send(&rig.of_room(), &text("x"), &attempt("2"))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_limit_of_everything_stops_everything() {
    let rig = DiscordRig::start().await;
    let adapter = rig.adapter();
    rig.fake.limit_globally(Duration::from_secs(30));
    for to in [rig.direct(), rig.of_room()] {
        let refused = adapter.send(&to, &text("x"), &attempt("1")).await;
        assert!(
            matches!(refused, Err(ChannelError::Limited { account: true, .. })),
            "{refused:?}"
        );
    }
    assert_eq!(rig.calls(routes::SEND), 1);
}

#[tokio::test]
async fn a_dead_token_is_shown_once() {
    let rig = DiscordRig::start().await;
    let adapter = rig.adapter();
    adapter
        .send(&rig.direct(), &text("x"), &attempt("1"))
        .await
        .unwrap();
    rig.fake.revoke_token();
    for _ in 0..5 {
        let refused = adapter.send(&rig.direct(), &text("x"), &attempt("2")).await;
        assert!(
            matches!(refused, Err(ChannelError::SignedOut(_))),
            "{refused:?}"
        );
    }
    assert_eq!(rig.fake.invalid_requests(), 1);
    // Whoever asks who we are tries anew.
    assert!(adapter.probe().await.is_err());
    assert_eq!(rig.fake.invalid_requests(), 2);
}
