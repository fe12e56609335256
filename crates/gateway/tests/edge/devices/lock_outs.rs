//! Every way in which owners of the family were locked out (USERS theme 10), each with its way back in:
//! the owner's secret on this machine always works, and no approval needs who is locked out.

use serde_json::{Value, json};

use super::{EVERYTHING, READ, ask, code, from_elsewhere, from_here, paired, scopes, with_auth};
use crate::common::{Client, Device, Edge, TOKEN, asks};

async fn gets_in(edge: &Edge, device: &Device, params: &Value) -> Client {
    let (client, answer) = from_here(edge, device, params).await;
    assert_eq!(scopes(&answer), &json!(EVERYTHING));
    client
}

async fn owner_gets_in(edge: &Edge, device: &Device) {
    gets_in(edge, device, &asks(4, EVERYTHING))
        .await
        .leave()
        .await;
    edge.owner(EVERYTHING).await.leave().await;
}

#[tokio::test]
async fn first_use_needs_no_pairing() {
    let edge = Edge::start().await;
    owner_gets_in(&edge, &Device::number(1)).await;
    edge.stopped().await;
}

#[tokio::test]
async fn a_flood_of_requests_keeps_nobody_out() {
    let edge = Edge::start().await;
    for seed in 10..70 {
        ask(&edge, &Device::number(seed), &asks(4, READ)).await;
        edge.clock.advance_ms(1);
    }
    let mut owner = edge.owner(EVERYTHING).await;
    let list = owner.get("device.pair.list", json!({})).await;
    assert_eq!(list["pending"].as_array().unwrap().len(), 50);
    owner_gets_in(&edge, &Device::number(1)).await;
    edge.stopped().await;
}

#[tokio::test]
async fn a_flood_of_wrong_secrets_keeps_the_owner_and_its_devices_in() {
    let edge = Edge::start().await;
    let own = Device::number(1);
    let (_client, replaced) = paired(&edge, &own, &["operator.read"]).await;
    let (_client, token) = paired(&edge, &own, EVERYTHING).await;
    for _ in 0..40 {
        let wrong = with_auth(EVERYTHING, json!({ "token": "wrong" }));
        let (_, refused) = from_here(&edge, &Device::number(2), &wrong).await;
        assert_eq!(refused["ok"], false);
    }
    owner_gets_in(&edge, &own).await;
    let shown = with_auth(EVERYTHING, json!({ "token": token }));
    gets_in(&edge, &own, &shown).await;
    // The secret beside a stale token is enough.
    let shown = with_auth(EVERYTHING, json!({ "token": replaced }));
    let (_, stale) = from_here(&edge, &own, &shown).await;
    assert_eq!(stale["ok"], false);
    let both = with_auth(
        EVERYTHING,
        json!({ "deviceToken": replaced, "token": TOKEN }),
    );
    gets_in(&edge, &own, &both).await;
    edge.stopped().await;
}

#[tokio::test]
async fn an_own_device_that_was_revoked_removed_or_cut_comes_back() {
    let edge = Edge::start().await;
    let own = Device::number(1);
    for (method, more) in [
        ("device.token.revoke", json!({ "role": "operator" })),
        (
            "device.token.rotate",
            json!({ "role": "operator", "scopes": [] }),
        ),
        ("device.token.rotate", json!({ "role": "operator" })),
        ("device.pair.remove", json!({})),
    ] {
        let (mut client, _) = paired(&edge, &own, EVERYTHING).await;
        let mut params = more;
        params["deviceId"] = own.id().into();
        client.get(method, params).await;
        assert_eq!(client.closed().await.map(|(code, _)| code), Some(1008));
        owner_gets_in(&edge, &own).await;
    }
    edge.stopped().await;
}

#[tokio::test]
async fn a_token_that_is_over_and_a_clock_that_jumped_keep_nobody_out() {
    let edge = Edge::start().await;
    let own = Device::number(1);
    let (_client, token) = paired(&edge, &own, EVERYTHING).await;
    edge.clock.advance_ms(50 * 365 * 24 * 60 * 60 * 1000);
    let shown = with_auth(EVERYTHING, json!({ "token": token }));
    let (_, over) = from_here(&edge, &own, &shown).await;
    assert_eq!(over["ok"], false, "{over}");
    owner_gets_in(&edge, &own).await;
    edge.stopped().await;
}

#[tokio::test]
async fn a_new_key_for_a_lost_one_is_a_new_device_and_the_old_one_can_go() {
    let edge = Edge::start().await;
    let (gone, new) = (Device::number(1), Device::number(2));
    let (_client, token) = paired(&edge, &gone, EVERYTHING).await;
    // The token without its key is worth nothing.
    let shown = with_auth(EVERYTHING, json!({ "deviceToken": token }));
    let (_, refused) = from_here(&edge, &new, &shown).await;
    assert_eq!(code(&refused), "AUTH_DEVICE_TOKEN_MISMATCH");
    let mut client = gets_in(&edge, &new, &asks(4, EVERYTHING)).await;
    client
        .get("device.pair.remove", json!({ "deviceId": gone.id() }))
        .await;
    let list = client.get("device.pair.list", json!({})).await;
    assert_eq!(list["paired"][0]["own"], true);
    assert_eq!(list["paired"].as_array().unwrap().len(), 1);
    edge.stopped().await;
}

#[tokio::test]
async fn a_state_that_was_put_back_knows_no_device_and_lets_the_owner_in() {
    let before = Edge::start().await;
    let own = Device::number(1);
    let (_client, token) = paired(&before, &own, EVERYTHING).await;
    before.stopped().await;
    // Another state, the same secret: what a restored copy from before the pairing is.
    let edge = Edge::start().await;
    let stale = with_auth(EVERYTHING, json!({ "deviceToken": token }));
    let (_, refused) = from_here(&edge, &own, &stale).await;
    assert_eq!(code(&refused), "AUTH_DEVICE_TOKEN_MISMATCH");
    let both = with_auth(EVERYTHING, json!({ "deviceToken": token, "token": TOKEN }));
    gets_in(&edge, &own, &both).await;
    owner_gets_in(&edge, &own).await;
    edge.stopped().await;
}

#[tokio::test]
async fn a_narrow_token_beside_the_secret_does_not_narrow_the_owner() {
    let edge = Edge::start().await;
    let own = Device::number(1);
    let (_client, token) = paired(&edge, &own, READ).await;
    let both = with_auth(EVERYTHING, json!({ "deviceToken": token, "token": TOKEN }));
    gets_in(&edge, &own, &both).await;
    edge.stopped().await;
}

#[tokio::test]
async fn an_upgrade_is_never_up_to_the_device_that_waits_for_it() {
    let edge = Edge::start().await;
    let own = Device::number(1);
    let (_client, _) = paired(&edge, &own, READ).await;
    let id = ask(&edge, &own, &asks(4, EVERYTHING)).await;
    // No device is needed to decide: the secret on this machine is enough.
    let mut owner = edge.owner(EVERYTHING).await;
    owner
        .get("device.pair.approve", json!({ "requestId": id }))
        .await;
    let (_client, joined) = from_elsewhere(&edge, &own, &asks(4, EVERYTHING)).await;
    assert_eq!(scopes(&joined), &json!(EVERYTHING));
    edge.stopped().await;
}

#[tokio::test]
async fn a_refusal_names_the_request_to_approve() {
    let edge = Edge::start().await;
    let (_, new) = from_elsewhere(&edge, &Device::number(1), &asks(4, READ)).await;
    assert_eq!(new["error"]["details"]["reason"], "not-paired");
    let id = new["error"]["details"]["requestId"].as_str().unwrap();
    assert!(!id.is_empty());
    let (_, old) = from_elsewhere(&edge, &Device::number(2), &asks(3, READ)).await;
    assert_eq!(old["error"]["code"], "NOT_PAIRED");
    assert!(old["error"]["details"]["requestId"].is_string());
    edge.stopped().await;
}
