//! `tidegate agent --deliver`: the answer goes out to a chat network.

use std::process::Output;

use serde_json::Value;
use tokio::process::Command;

use crate::chats::{Chats, Discord, Home, Slack, Telegram, Who};
use crate::house::PATIENCE;

/// Runs the client against this daemon.
async fn agent<C>(home: &Home<C>, args: &[&str]) -> Output {
    let state = home.daemon.state_dir();
    Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args([
            "agent",
            "--json",
            "--url",
            &home.daemon.url(),
            "--token-file",
        ])
        .arg(state.join("gateway.token"))
        .args(args)
        .env_clear()
        .env("HOME", state.join("nobody"))
        .kill_on_drop(true)
        .output()
        .await
        .unwrap()
}

/// Whether the bot said this to the owner.
async fn told<C: Chats>(home: &Home<C>, words: &str) -> bool {
    let is_so = |chats: &C| chats.count(Who::Owner, words) == 1;
    home.chats.wait(PATIENCE, is_so).await
}

async fn errands<C: Chats>() {
    let mut home = Home::<C>::open(&[]).await.unwrap();
    let lost = agent(&home, &["--message", "to nobody", "--deliver"]).await;
    assert!(!lost.status.success(), "{lost:?}");
    let why = String::from_utf8(lost.stderr).unwrap();
    assert!(why.contains("name `channel` and `to`"), "{why}");

    home.is_live().await.unwrap();
    home.chats.say(Who::Owner, "first question");
    assert!(told(&home, "first question").await);
    let to = home.chats.address(Who::Owner);
    let named = ["--deliver", "--channel", C::CHANNEL, "--to", &to];
    for (words, how) in [("by the last way", &named[..1]), ("by name", &named[..])] {
        let args = [&["--message", words], how].concat();
        let done = agent(&home, &args).await;
        assert!(done.status.success(), "{done:?}");
        let answer: Value = serde_json::from_slice(&done.stdout).unwrap();
        let status = &answer["result"]["deliveryStatus"];
        assert_eq!(status["status"], "sent", "{answer}");
        assert!(
            told(&home, words).await,
            "{:?}",
            home.chats.answers(Who::Owner)
        );
    }
    let here = agent(&home, &["--message", "for me alone"]).await;
    assert!(here.status.success(), "{here:?}");
    assert_eq!(home.chats.count(Who::Owner, "for me alone"), 0);
    assert!(home.daemon.stop().await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_delivered_to_telegram() {
    errands::<Telegram>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_delivered_to_discord() {
    errands::<Discord>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_delivered_to_slack() {
    errands::<Slack>().await;
}
