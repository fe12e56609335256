//! Every network in turn.

use super::points::die_at_all;
use crate::chats::{Discord, Slack, Telegram};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_on_telegram_survives_a_kill_at_every_commit_of_its_life() {
    die_at_all::<Telegram>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_on_discord_survives_a_kill_at_every_commit_of_its_life() {
    die_at_all::<Discord>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_on_slack_survives_a_kill_at_every_commit_of_its_life() {
    die_at_all::<Slack>().await;
}
