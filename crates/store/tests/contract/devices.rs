//! Devices and requests to pair.

use tidegate_core::store::{Device, DeviceGrant, DeviceLabel, PairRequest, Touch};
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
    devices_are_listed_by_their_newest_approval
    a_connect_is_noted_with_its_token
    what_a_request_voids_is_told
    requests_are_listed_newest_first_while_they_are_good
}

pub(crate) fn touched(name: &str, at_ms: u64) -> Touch {
    Touch {
        label: DeviceLabel {
            remote_ip: Some("10.0.0.9".into()),
            ..label(name)
        },
        at_ms,
        expires_at_ms: Some(at_ms + 100),
        offer: None,
    }
}

pub(crate) fn device_id(name: &str) -> DeviceId {
    DeviceId::new(name)
}

pub(crate) fn label(name: &str) -> DeviceLabel {
    DeviceLabel {
        display_name: Some(name.into()),
        ..DeviceLabel::default()
    }
}

pub(crate) fn scopes(scopes: &[Scope]) -> ScopeSet {
    scopes.iter().copied().collect()
}

pub(crate) fn grant(role: Role, token: &str, granted: &[Scope]) -> DeviceGrant {
    DeviceGrant {
        role,
        scopes: scopes(granted),
        token: SecretHash::of(token),
        token_scopes: scopes(&[Scope::Read]),
        granted_at_ms: 7,
        issued_at_ms: 7,
        revoked_at_ms: None,
        expires_at_ms: None,
        used_at_ms: None,
        used_from: None,
        offer: None,
    }
}

pub(crate) async fn give(store: &impl Store, name: &str, grant: DeviceGrant) {
    store
        .grant(&device_id(name), [1; 32], label(name), grant)
        .await
        .unwrap();
}

pub(crate) async fn device(store: &impl Store, name: &str) -> Device {
    store.device(&device_id(name)).await.unwrap().unwrap()
}

pub(crate) fn request(id: &str, device: &str, wanted: &[Scope], at_ms: u64) -> PairRequest {
    PairRequest {
        request_id: id.into(),
        device_id: device_id(device),
        public_key: [1; 32],
        label: label(id),
        role: Role::Operator,
        scopes: scopes(wanted),
        at_ms,
        offer: None,
    }
}

pub(crate) async fn ask(
    store: &impl Store,
    request: PairRequest,
    expired: u64,
    max: u32,
) -> String {
    store
        .request_pairing(request, expired, max)
        .await
        .unwrap()
        .request
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
        .touch(&device_id("d"), Role::Operator, touched("renamed", 9))
        .await
        .unwrap();
    store
        .touch(&device_id("e"), Role::Operator, touched("nobody", 9))
        .await
        .unwrap();
    let renamed = device(store, "d").await.label;
    assert_eq!(renamed, touched("renamed", 9).label);
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
    assert!(!again.is_new && again.voided.is_empty());
    let again = again.request;
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

async fn devices_are_listed_by_their_newest_approval(store: &impl Store) {
    for (name, at) in [("a", 3), ("b", 5), ("c", 3)] {
        let at = DeviceGrant {
            issued_at_ms: at,
            ..grant(Role::Operator, "t", &[Scope::Read])
        };
        give(store, name, at).await;
    }
    let names = async || -> Vec<String> {
        let all = store.devices().await.unwrap();
        all.iter().map(|device| device.id.to_string()).collect()
    };
    assert_eq!(names().await, ["b", "a", "c"]);
    let same = DeviceGrant {
        issued_at_ms: 9,
        ..grant(Role::Operator, "u", &[Scope::Read])
    };
    give(store, "a", same.clone()).await;
    assert_eq!(names().await, ["b", "a", "c"], "a new token is no approval");
    let more = DeviceGrant {
        scopes: scopes(&[Scope::Read, Scope::Write]),
        ..same
    };
    give(store, "c", more).await;
    assert_eq!(names().await, ["c", "b", "a"]);
    let listed = store.devices().await.unwrap();
    let grant = listed[2].grant(Role::Operator).unwrap();
    assert_eq!(
        (grant.granted_at_ms, grant.issued_at_ms),
        (7, 9),
        "the first time of a role stays"
    );
}

async fn a_connect_is_noted_with_its_token(store: &impl Store) {
    give(store, "d", grant(Role::Operator, "t", &[])).await;
    give(store, "d", grant(Role::Node, "n", &[])).await;
    store
        .touch(&device_id("d"), Role::Node, touched("d", 9))
        .await
        .unwrap();
    let device = device(store, "d").await;
    let noted = |role| {
        let grant = device.grant(role).unwrap();
        (
            grant.used_at_ms,
            grant.used_from.clone(),
            grant.expires_at_ms,
        )
    };
    assert_eq!(
        noted(Role::Node),
        (Some(9), Some("10.0.0.9".into()), Some(109))
    );
    assert_eq!(noted(Role::Operator), (None, None, None));
}

async fn what_a_request_voids_is_told(store: &impl Store) {
    let voided = async |asked, max| -> Vec<String> {
        let requested = store.request_pairing(asked, 0, max).await.unwrap();
        assert!(requested.is_new);
        let voided = requested.voided.into_iter();
        voided.map(|request| request.request_id).collect()
    };
    assert!(
        voided(request("one", "d", &[Scope::Read], 1), 9)
            .await
            .is_empty()
    );
    assert_eq!(
        voided(request("two", "d", &[Scope::Admin], 2), 9).await,
        ["one"]
    );
    assert!(voided(request("three", "e", &[], 3), 2).await.is_empty());
    assert_eq!(voided(request("four", "f", &[], 4), 2).await, ["two"]);
}

async fn requests_are_listed_newest_first_while_they_are_good(store: &impl Store) {
    for (name, at) in [("a", 1), ("b", 3), ("c", 3)] {
        ask(store, request(name, name, &[Scope::Read], at), 0, 9).await;
    }
    let names = async |expired| -> Vec<String> {
        let waiting = store.pair_requests(expired).await.unwrap();
        waiting
            .into_iter()
            .map(|request| request.request_id)
            .collect()
    };
    assert_eq!(names(0).await, ["c", "b", "a"]);
    assert_eq!(names(2).await, ["c", "b"]);
    let waiting = store.pair_requests(2).await.unwrap();
    assert_eq!(waiting[0].scopes, scopes(&[Scope::Read]));
    assert_eq!(waiting[0].label, label("c"));
}
