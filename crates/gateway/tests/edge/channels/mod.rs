//! Chat networks, as clients see them.

mod errands;
mod files;
mod letters;
mod people;
mod ready;
mod rows;
mod sending;
mod webhooks;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::common::{Client, Edge, Paper, Setup, networks, settle};

/// A gateway with these accounts on the network `paper`.
async fn with(accounts: &[Arc<Paper>]) -> Edge {
    let edge = Edge::with(Setup {
        networks: networks(accounts, None),
        ..Setup::default()
    })
    .await;
    settle().await;
    edge
}

/// The row of an account.
async fn account(client: &mut Client, account: &str, params: Value) -> Value {
    let all = client.get("channels.status", params).await;
    let rows = all["channelAccounts"]["paper"].as_array().unwrap();
    let row = rows.iter().find(|row| row["accountId"] == account);
    row.unwrap_or_else(|| panic!("no {account} in {all}"))
        .clone()
}

/// Calls until the answer is as wanted, letting everything go on in between.
async fn until(
    client: &mut Client,
    method: &str,
    params: Value,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let mut last = json!(null);
    for _ in 0..200 {
        last = client.get(method, params.clone()).await;
        if wanted(&last) {
            return last;
        }
        settle().await;
    }
    panic!("{method} stays {last}");
}
