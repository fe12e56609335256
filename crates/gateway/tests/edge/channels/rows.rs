//! `channels.status`, `channels.logout`, and the accounts in `health`, `status` and `sessions.list`.

use serde_json::{Value, json};

use super::{account, until, with};
use crate::common::{Edge, NOW_MS, Paper};

#[tokio::test]
async fn without_a_network_everything_is_empty_as_in_january() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.read"]).await;
    let all = client
        .get(
            "channels.status",
            json!({ "probe": true, "timeoutMs": 8000 }),
        )
        .await;
    assert_eq!(
        all,
        json!({
            "ts": NOW_MS, "channelOrder": [], "channelLabels": {}, "channelDetailLabels": {},
            "channelSystemImages": {}, "channelMeta": [], "channels": {}, "channelAccounts": {},
            "channelDefaultAccountId": {},
        })
    );
    edge.stopped().await;
}

#[tokio::test]
async fn each_account_says_how_it_is_and_why() {
    let edge = with(&[Paper::signed_out("aside"), Paper::new("default")]).await;
    let mut client = edge.owner(&["operator.read"]).await;
    let all = client.get("channels.status", json!({})).await;
    assert_eq!(all["channelOrder"], json!(["paper"]));
    assert_eq!(
        all["channelDefaultAccountId"],
        json!({ "paper": "default" })
    );
    let order = all["channelAccounts"]["paper"].as_array().unwrap();
    let order: Vec<&Value> = order.iter().map(|row| &row["accountId"]).collect();
    assert_eq!(order, ["default", "aside"], "the default account is first");
    assert_eq!(all["channels"]["paper"]["connected"], true);

    let live = account(&mut client, "default", json!({})).await;
    for (field, value) in [
        ("state", json!("live")),
        ("connected", json!(true)),
        ("running", json!(true)),
        ("linked", json!(true)),
        ("name", json!("Desk")),
        ("dmPolicy", json!("pairing")),
        ("allowFrom", json!(["77"])),
        ("tokenSource", json!("env")),
        ("lastProofAtMs", json!(NOW_MS)),
        ("open", json!(0)),
        ("dead", json!(0)),
        ("required", json!(false)),
        ("lastError", json!(null)),
        ("webhookPath", json!(null)),
    ] {
        assert_eq!(live[field], value, "{field} of {live}");
    }
    let words = live["lastEvents"].as_array().unwrap();
    let words: Vec<&str> = words
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["starting", "connecting", "live"]);

    let dead = account(&mut client, "aside", json!({})).await;
    assert_eq!(dead["state"], "needs-login");
    assert_eq!(dead["connected"], false);
    assert_eq!(dead["linked"], false);
    assert!(
        dead["stateReason"].as_str().unwrap().contains("revoked"),
        "{dead}"
    );
    assert!(
        dead["lastError"].as_str().unwrap().contains("revoked"),
        "{dead}"
    );
    edge.stopped().await;
}

#[tokio::test]
async fn a_probe_asks_the_networks_and_says_what_they_said() {
    let edge = with(&[Paper::signed_out("aside"), Paper::new("default")]).await;
    let mut client = edge.owner(&["operator.read"]).await;
    let params = json!({ "probe": true, "timeoutMs": 8000, "channel": "paper" });
    let live = account(&mut client, "default", params.clone()).await;
    assert_eq!(live["probe"]["ok"], true, "{live}");
    assert_eq!(
        live["probe"]["bot"],
        json!({ "id": "bot", "username": "desk_bot", "name": "Desk" })
    );
    assert_eq!(live["probe"]["notes"], json!(["Ink is low."]));
    assert_eq!(live["lastProbeAt"], NOW_MS);
    let dead = account(&mut client, "aside", params).await;
    assert_eq!(dead["probe"]["ok"], false);
    assert!(
        dead["probe"]["error"].as_str().unwrap().contains("revoked"),
        "{dead}"
    );
    let other = client
        .get(
            "channels.status",
            json!({ "channel": "pigeon", "probe": true }),
        )
        .await;
    assert_eq!(other["channelOrder"], json!([]));
    edge.stopped().await;
}

#[tokio::test]
async fn health_and_status_have_the_accounts_too() {
    let edge = with(&[Paper::signed_out("aside"), Paper::new("default")]).await;
    let mut client = edge.owner(&["operator.read"]).await;
    let health = client.get("health", json!({ "probe": true })).await;
    let paper = &health["channels"]["paper"];
    assert_eq!(paper["accountId"], "default");
    assert_eq!(paper["linked"], true);
    assert_eq!(paper["authAgeMs"], 0);
    assert_eq!(paper["probe"]["ok"], true);
    assert_eq!(paper["accounts"]["aside"]["linked"], false);
    assert_eq!(paper["accounts"]["aside"]["state"], "needs-login");
    assert_eq!(health["channelOrder"], json!(["paper"]));
    assert_eq!(health["ok"], false, "an account needs its owner");
    let status = client.get("status", json!({})).await;
    let lines = status["channelSummary"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert!(lines.contains(&json!("Paper: live")), "{status}");
    edge.stopped().await;
}

#[tokio::test]
async fn a_session_shows_where_it_was_spoken_to_from() {
    let paper = Paper::new("default");
    let edge = with(&[std::sync::Arc::clone(&paper)]).await;
    let mut client = edge
        .owner(&["operator.read", "operator.pairing", "operator.write"])
        .await;
    super::people::let_in(&mut client, &paper, "9").await;
    paper.write("2", "9", "what is new?");
    let list = until(&mut client, "sessions.list", json!({}), |list| {
        list["sessions"][0]["lastChannel"] == "paper"
    })
    .await;
    let row = &list["sessions"][0];
    assert_eq!(row["channel"], "paper");
    assert_eq!(row["lastTo"], "9");
    assert_eq!(row["lastAccountId"], "default");
    assert_eq!(row["displayName"], "Ben");
    assert_eq!(
        row["deliveryContext"],
        json!({ "channel": "paper", "to": "9", "accountId": "default" })
    );
    assert_eq!(row["origin"]["from"], "9");
    assert_eq!(row["origin"]["chatType"], "direct");
    edge.stopped().await;
}

#[tokio::test]
async fn a_log_out_stops_the_account_and_tells_where_its_secret_still_is() {
    let edge = with(&[Paper::new("default")]).await;
    let mut client = edge.owner(&["operator.admin"]).await;
    let unknown = client
        .call("channels.logout", json!({ "channel": "pigeon" }))
        .await;
    assert_eq!(
        unknown["error"]["message"],
        "invalid channels.logout channel"
    );
    let done = client
        .get("channels.logout", json!({ "channel": "paper" }))
        .await;
    assert_eq!(
        done,
        json!({
            "channel": "paper", "accountId": "default", "cleared": false, "loggedOut": false,
            "remainsIn": "env",
        })
    );
    let row = account(&mut client, "default", json!({})).await;
    assert_eq!(row["state"], "needs-login", "{row}");
    edge.stopped().await;
}
