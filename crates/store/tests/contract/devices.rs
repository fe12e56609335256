//! Devices and requests to pair.

use tidegate_core::store::{Device, DeviceGrant, DeviceLabel, PairRequest};
use tidegate_core::{ScopeSet, SecretHash};
use tidegate_protocol::{DeviceId, Role, Scope};

use crate::fixtures::Store;

contract! {
    a_device_that_nobody_paired_is_none
    a_grant_pairs_a_device
    a_second_role_stands_beside_the_first
    a_new_grant_replaces_the_one_of_its_role
    a_device_keeps_its_key
    a_connect_is_noted_only_of_paired_devices
    a_request_is_stored_once
    another_request_of_a_device_voids_the_first
    old_requests_are_forgotten
    the_oldest_requests_make_room
    a_grant_answers_the_request
}

fn device_id(name: &str) -> DeviceId {
    DeviceId::new(name)
}

fn label(name: &str) -> DeviceLabel {
    DeviceLabel {
        display_name: Some(name.into()),
        ..DeviceLabel::default()
    }
}

fn scopes(scopes: &[Scope]) -> ScopeSet {
    scopes.iter().copied().collect()
}

fn grant(role: Role, token: &str, granted: &[Scope]) -> DeviceGrant {
    DeviceGrant {
        role,
        scopes: scopes(granted),
        token: SecretHash::of(token),
        token_scopes: scopes(&[Scope::Read]),
        issued_at_ms: 7,
        revoked_at_ms: None,
    }
}

async fn give(store: &impl Store, name: &str, grant: DeviceGrant) {
    store
        .grant(&device_id(name), [1; 32], label(name), grant)
        .await
        .unwrap();
}

async fn device(store: &impl Store, name: &str) -> Device {
    store.device(&device_id(name)).await.unwrap().unwrap()
}

fn request(id: &str, device: &str, wanted: &[Scope], at_ms: u64) -> PairRequest {
    PairRequest {
        request_id: id.into(),
        device_id: device_id(device),
        public_key: [1; 32],
        label: label(id),
        role: Role::Operator,
        scopes: scopes(wanted),
        at_ms,
    }
}

async fn ask(store: &impl Store, request: PairRequest, expired: u64, max: u32) -> String {
    store
        .request_pairing(request, expired, max)
        .await
        .unwrap()
        .request_id
}

async fn a_device_that_nobody_paired_is_none(store: &impl Store) {
    assert!(store.device(&device_id("d")).await.unwrap().is_none());
}

async fn a_grant_pairs_a_device(store: &impl Store) {
    give(
        store,
        "d",
        grant(Role::Operator, "t", &[Scope::Read, Scope::Write]),
    )
    .await;
    let device = device(store, "d").await;
    assert_eq!(
        (device.id, device.public_key, device.paired_at_ms),
        (device_id("d"), [1; 32], 7)
    );
    assert_eq!(device.label, label("d"));
    let stored = &device.grants[0];
    assert_eq!(
        (stored.role, stored.issued_at_ms, stored.revoked_at_ms),
        (Role::Operator, 7, None)
    );
    assert_eq!(stored.scopes, scopes(&[Scope::Read, Scope::Write]));
    assert_eq!(stored.token_scopes, scopes(&[Scope::Read]));
    assert!(stored.token.matches("t") && !stored.token.matches("u"));
}

async fn a_second_role_stands_beside_the_first(store: &impl Store) {
    give(store, "d", grant(Role::Operator, "t", &[Scope::Read])).await;
    give(store, "d", grant(Role::Node, "n", &[])).await;
    let device = device(store, "d").await;
    assert_eq!(device.grants.len(), 2);
    assert!(device.grant(Role::Node).unwrap().token.matches("n"));
    assert!(device.grant(Role::Operator).unwrap().token.matches("t"));
    assert!(device.grant(Role::Node).unwrap().scopes.is_empty());
}

async fn a_new_grant_replaces_the_one_of_its_role(store: &impl Store) {
    give(
        store,
        "d",
        grant(Role::Operator, "t", &[Scope::Read, Scope::Admin]),
    )
    .await;
    let revoked = DeviceGrant {
        issued_at_ms: 9,
        revoked_at_ms: Some(10),
        ..grant(Role::Operator, "u", &[Scope::Read])
    };
    give(store, "d", revoked).await;
    let device = device(store, "d").await;
    assert_eq!((device.grants.len(), device.paired_at_ms), (1, 7));
    let stored = device.grant(Role::Operator).unwrap();
    assert!(stored.token.matches("u"));
    assert_eq!((stored.issued_at_ms, stored.revoked_at_ms), (9, Some(10)));
    assert_eq!(
        stored.scopes,
        scopes(&[Scope::Read]),
        "what was not granted again is gone"
    );
}

async fn a_device_keeps_its_key(store: &impl Store) {
    give(store, "d", grant(Role::Operator, "t", &[])).await;
    let other = grant(Role::Operator, "u", &[Scope::Admin]);
    assert!(
        store
            .grant(&device_id("d"), [2; 32], label("x"), other)
            .await
            .is_err()
    );
    let device = device(store, "d").await;
    assert_eq!(
        (device.public_key, device.label.clone()),
        ([1; 32], label("d"))
    );
    assert!(device.grants[0].token.matches("t"));
}

async fn a_connect_is_noted_only_of_paired_devices(store: &impl Store) {
    give(store, "d", grant(Role::Operator, "t", &[])).await;
    store
        .touch(&device_id("d"), Role::Operator, label("renamed"), 9)
        .await
        .unwrap();
    store
        .touch(&device_id("e"), Role::Operator, label("nobody"), 9)
        .await
        .unwrap();
    assert_eq!(device(store, "d").await.label, label("renamed"));
    assert!(store.device(&device_id("e")).await.unwrap().is_none());
}

async fn a_request_is_stored_once(store: &impl Store) {
    assert_eq!(
        ask(store, request("one", "d", &[Scope::Read], 1), 0, 9).await,
        "one"
    );
    let again = store
        .request_pairing(request("two", "d", &[Scope::Read], 2), 0, 9)
        .await
        .unwrap();
    assert_eq!((again.request_id.as_str(), again.at_ms), ("one", 1));
    assert_eq!(again.label, label("one"), "as it was shown");
}

async fn another_request_of_a_device_voids_the_first(store: &impl Store) {
    ask(store, request("one", "d", &[Scope::Read], 1), 0, 9).await;
    assert_eq!(
        ask(store, request("two", "d", &[Scope::Admin], 2), 0, 9).await,
        "two"
    );
    assert_eq!(
        ask(store, request("three", "d", &[Scope::Read], 3), 0, 9).await,
        "three"
    );
}

async fn old_requests_are_forgotten(store: &impl Store) {
    ask(store, request("one", "d", &[], 1), 0, 9).await;
    assert_eq!(ask(store, request("two", "d", &[], 5), 1, 9).await, "one");
    assert_eq!(ask(store, request("two", "d", &[], 5), 2, 9).await, "two");
}

async fn the_oldest_requests_make_room(store: &impl Store) {
    for (name, at) in [("a", 1), ("b", 2), ("c", 3)] {
        ask(store, request(name, name, &[], at), 0, 2).await;
    }
    assert_eq!(ask(store, request("b2", "b", &[], 4), 0, 2).await, "b");
    assert_eq!(ask(store, request("c2", "c", &[], 4), 0, 2).await, "c");
    assert_eq!(
        ask(store, request("a2", "a", &[], 4), 0, 2).await,
        "a2",
        "the first one went"
    );
}

async fn a_grant_answers_the_request(store: &impl Store) {
    ask(store, request("one", "d", &[], 1), 0, 9).await;
    give(store, "d", grant(Role::Node, "n", &[])).await;
    assert_eq!(
        ask(store, request("two", "d", &[], 2), 0, 9).await,
        "one",
        "another role"
    );
    give(store, "d", grant(Role::Operator, "t", &[])).await;
    assert_eq!(
        ask(store, request("three", "d", &[], 3), 0, 9).await,
        "three"
    );
}
