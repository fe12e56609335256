//! Connections that end, in every way, and what is heard after.

use std::time::Duration;

use tidegate_fakes::discord::{Opening, Settings};

use crate::bot::{Place, SOON};

/// Says something and expects the bot to hear it, once.
async fn is_heard(place: &mut Place, text: &str) {
    place.say(text);
    assert_eq!(place.bot.hear_text().await, text);
}

#[tokio::test]
async fn a_cut_in_a_frame_loses_nothing() {
    let mut place = Place::new().await;
    is_heard(&mut place, "before").await;
    place.fake.cut_in_next_dispatch();
    place.say("cut");
    place.say("missed");
    place.bot.hear("resumed").await;
    assert_eq!(place.bot.hear_text().await, "cut");
    assert_eq!(place.bot.hear_text().await, "missed");
    is_heard(&mut place, "after").await;
    let connections = place.fake.connections().all();
    assert_eq!(connections.len(), 2);
    assert!(!connections[0].by_resume_url && connections[1].by_resume_url);
}

#[tokio::test]
async fn a_session_is_resumed_or_begun_anew() {
    let mut place = Place::new().await;
    place.fake.ask_to_reconnect();
    place.bot.hear("resumed").await;
    is_heard(&mut place, "after op 7").await;
    place.fake.close_connections(4000);
    place.bot.hear("resumed").await;
    is_heard(&mut place, "after 4000").await;
    place.fake.cut_connections();
    place.bot.hear("resumed").await;
    is_heard(&mut place, "after a cut").await;
    place.fake.invalidate_sessions(true);
    place.bot.hear("resumed").await;
    is_heard(&mut place, "after op 9 true").await;

    place.bot.hear("shard-ready").await;
    place.fake.invalidate_sessions(false);
    place.bot.hear("shard-ready").await;
    is_heard(&mut place, "after op 9 false").await;
    assert_eq!(place.fake.sessions(), 1);
}

#[tokio::test]
async fn a_zombie_is_left_and_resumed() {
    let settings = Settings {
        heartbeat: Duration::from_secs(1),
        ..Settings::loose()
    };
    let mut place = Place::with(settings).await;
    place.fake.stop_heartbeat_acks();
    place.bot.hear("resumed").await;
    is_heard(&mut place, "alive again").await;
    let resumes = place.fake.commands().all();
    assert!(resumes.iter().any(|command| command.op == 6));
}

#[tokio::test]
async fn connections_that_begin_badly_are_tried_again() {
    let mut place = Place::new().await;
    place
        .fake
        .next_connections(&[Opening::Unavailable, Opening::CutInReady]);
    place.say("early");
    assert_eq!(place.bot.hear_text().await, "early");
    place.fake.cut_connections();
    place.say("meanwhile");
    place.bot.hear("resumed").await;
    assert_eq!(place.bot.hear_text().await, "meanwhile");
}

#[tokio::test]
async fn a_final_close_is_final() {
    let mut place = Place::new().await;
    place.fake.revoke_token();
    assert_eq!(place.bot.hear("disconnected").await["code"], 4004);
    place
        .fake
        .wait_for(SOON, |fake| (fake.listeners() == 0).then_some(()))
        .await
        .unwrap();
}
