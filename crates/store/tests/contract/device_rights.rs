//! What devices are given, and how it is taken back.

use tidegate_core::SecretHash;
use tidegate_core::store::{
    Device, DeviceGrant, NewToken, TRUST_CHANGES_KEPT, TRUST_CHANGES_TOLD, Trust,
};
use tidegate_protocol::{Role, Scope};

use crate::devices::*;
use crate::fixtures::Store;

contract! {
    an_approval_gives_what_was_asked_and_no_more
    an_approval_keeps_a_live_token_and_what_was_there
    an_approval_gives_back_nothing_that_was_revoked_or_is_over
    a_request_is_decided_once
    a_token_is_replaced_with_what_it_may_do
    a_token_is_revoked_once
    a_removed_device_is_gone_with_what_it_asked_for
    a_name_of_the_owners_stays_whatever_the_device_says
    trust_is_changed_and_kept_together
}

fn token(text: &str, issued_at_ms: u64) -> NewToken {
    NewToken {
        hash: SecretHash::of(text),
        issued_at_ms,
        expires_at_ms: Some(issued_at_ms + 100),
    }
}

async fn approve(store: &impl Store, id: &str, new: NewToken) -> Option<Device> {
    store.approve_pairing(id, 0, new).await.unwrap()
}

async fn an_approval_gives_what_was_asked_and_no_more(store: &impl Store) {
    let asked = &[Scope::Read, Scope::Write];
    ask(store, request("one", "d", asked, 1), 0, 9).await;
    let approved = approve(store, "one", token("new", 5)).await.unwrap();
    assert_eq!(approved.label, label("one"));
    assert_eq!((approved.paired_at_ms, approved.approved_at_ms), (5, 5));
    assert_eq!(approved.trust, Trust::Untrusted);
    let grant = approved.grant(Role::Operator).unwrap();
    assert_eq!(
        (grant.scopes, grant.token_scopes),
        (scopes(asked), scopes(asked))
    );
    assert!(grant.token.matches("new"));
    assert_eq!((grant.issued_at_ms, grant.expires_at_ms), (5, Some(105)));
    assert_eq!(approved.grants.len(), 1);
    assert!(store.pair_requests(0).await.unwrap().is_empty());
}

async fn an_approval_keeps_a_live_token_and_what_was_there(store: &impl Store) {
    give(
        store,
        "d",
        grant(Role::Operator, "t", &[Scope::Read, Scope::Approvals]),
    )
    .await;
    ask(store, request("one", "d", &[Scope::Write], 8), 0, 9).await;
    let approved = approve(store, "one", token("new", 9)).await.unwrap();
    let grant = approved.grant(Role::Operator).unwrap();
    assert!(grant.token.matches("t"), "the device still has it");
    assert_eq!(
        grant.scopes,
        scopes(&[Scope::Read, Scope::Approvals, Scope::Write])
    );
    assert_eq!(grant.token_scopes, scopes(&[Scope::Read, Scope::Write]));
    assert_eq!((grant.issued_at_ms, approved.approved_at_ms), (7, 9));
    assert_eq!(approved.label, label("d"), "a known device keeps its label");
}

async fn an_approval_gives_back_nothing_that_was_revoked_or_is_over(store: &impl Store) {
    let wide = grant(Role::Operator, "t", &[Scope::Admin]);
    let revoked = DeviceGrant {
        revoked_at_ms: Some(8),
        ..wide.clone()
    };
    let over = DeviceGrant {
        expires_at_ms: Some(9),
        ..wide
    };
    for (name, before, expected) in [
        ("r", revoked, scopes(&[Scope::Read])),
        ("o", over, scopes(&[Scope::Admin, Scope::Read])),
    ] {
        give(store, name, before).await;
        ask(store, request(name, name, &[Scope::Read], 8), 0, 9).await;
        let approved = approve(store, name, token("new", 9)).await.unwrap();
        let grant = approved.grant(Role::Operator).unwrap();
        assert!(grant.token.matches("new") && grant.is_live(9));
        assert_eq!(grant.scopes, expected, "{name}");
        assert_eq!(grant.token_scopes, scopes(&[Scope::Read]), "{name}");
        assert_eq!(grant.granted_at_ms, 7);
    }
}

async fn a_request_is_decided_once(store: &impl Store) {
    ask(store, request("one", "d", &[], 1), 0, 9).await;
    ask(store, request("two", "e", &[], 1), 0, 9).await;
    ask(store, request("old", "f", &[], 1), 0, 9).await;
    assert!(approve(store, "other", token("t", 2)).await.is_none());
    assert!(approve(store, "one", token("t", 2)).await.is_some());
    assert!(approve(store, "one", token("t", 2)).await.is_none());
    let rejected = store.reject_pairing("two", 0).await.unwrap();
    assert_eq!(rejected.unwrap().device_id, device_id("e"));
    assert!(store.reject_pairing("two", 0).await.unwrap().is_none());
    assert!(store.device(&device_id("e")).await.unwrap().is_none());
    let late = store.approve_pairing("old", 2, token("t", 3)).await;
    assert!(late.unwrap().is_none(), "it was forgotten");
    assert!(store.reject_pairing("old", 0).await.unwrap().is_none());
}

async fn a_token_is_replaced_with_what_it_may_do(store: &impl Store) {
    let revoked = DeviceGrant {
        revoked_at_ms: Some(8),
        used_at_ms: Some(8),
        used_from: Some("10.0.0.9".into()),
        ..grant(Role::Operator, "t", &[Scope::Read, Scope::Write])
    };
    give(store, "d", revoked).await;
    let replaced = store
        .replace_token(
            &device_id("d"),
            Role::Operator,
            token("u", 9),
            scopes(&[Scope::Read]),
        )
        .await
        .unwrap()
        .unwrap();
    let grant = replaced.grant(Role::Operator).unwrap();
    assert!(grant.token.matches("u") && grant.is_live(9) && !grant.is_live(109));
    let only_read = scopes(&[Scope::Read]);
    assert_eq!((grant.scopes, grant.token_scopes), (only_read, only_read));
    assert_eq!(
        (grant.granted_at_ms, grant.issued_at_ms, grant.used_at_ms),
        (7, 9, None)
    );
    assert_eq!(grant.used_from, None);
    for (name, role) in [("d", Role::Node), ("e", Role::Operator)] {
        let none = store
            .replace_token(&device_id(name), role, token("u", 9), only_read)
            .await;
        assert!(none.unwrap().is_none(), "{name}");
    }
}

async fn a_token_is_revoked_once(store: &impl Store) {
    give(store, "d", grant(Role::Operator, "t", &[])).await;
    give(store, "d", grant(Role::Node, "n", &[])).await;
    let revoke = async |name, role, at| {
        store
            .revoke_token(&device_id(name), role, at)
            .await
            .unwrap()
    };
    assert_eq!(revoke("d", Role::Operator, 9).await, Some(9));
    assert_eq!(revoke("d", Role::Operator, 12).await, Some(9));
    assert_eq!(revoke("e", Role::Operator, 9).await, None);
    let device = device(store, "d").await;
    assert!(!device.grant(Role::Operator).unwrap().is_live(9));
    assert!(
        device.grant(Role::Node).unwrap().is_live(9),
        "the other role stays"
    );
}

async fn a_removed_device_is_gone_with_what_it_asked_for(store: &impl Store) {
    give(store, "d", grant(Role::Operator, "t", &[])).await;
    give(store, "e", grant(Role::Operator, "t", &[])).await;
    ask(store, request("one", "d", &[Scope::Read], 1), 0, 9).await;
    ask(store, request("two", "e", &[Scope::Read], 1), 0, 9).await;
    store
        .set_trust(&device_id("d"), Trust::Trusted, "owner", 8)
        .await
        .unwrap()
        .unwrap();
    let removed = store.remove_device(&device_id("d"), "owner", 9).await;
    assert_eq!(removed.unwrap().unwrap().grants.len(), 1);
    assert!(store.device(&device_id("d")).await.unwrap().is_none());
    let waiting = store.pair_requests(0).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].request_id, "two");
    let again = store.remove_device(&device_id("d"), "owner", 9).await;
    assert!(again.unwrap().is_none());
    // Back again it begins anew, and what was done before is not forgotten.
    give(store, "d", grant(Role::Operator, "u", &[])).await;
    let back = device(store, "d").await;
    assert_eq!((back.trust, back.grants.len()), (Trust::Untrusted, 1));
    let changes: Vec<_> = back.trust_changes.iter().map(|c| (c.to, c.at_ms)).collect();
    assert_eq!(changes, [(Trust::Untrusted, 9), (Trust::Trusted, 8)]);
}

async fn a_name_of_the_owners_stays_whatever_the_device_says(store: &impl Store) {
    give(store, "d", grant(Role::Operator, "t", &[])).await;
    assert!(
        store
            .rename_device(&device_id("d"), "Anna's phone")
            .await
            .unwrap()
    );
    assert!(
        !store
            .rename_device(&device_id("e"), "nobody")
            .await
            .unwrap()
    );
    store
        .touch(&device_id("d"), Role::Operator, touched("other", 9))
        .await
        .unwrap();
    let device = device(store, "d").await;
    assert_eq!(device.name.as_deref(), Some("Anna's phone"));
    assert_eq!(device.label.display_name.as_deref(), Some("other"));
}

async fn trust_is_changed_and_kept_together(store: &impl Store) {
    give(store, "d", grant(Role::Operator, "t", &[])).await;
    let set = async |name, to, at| {
        let by = if at % 2 == 0 { "owner" } else { "device:x" };
        store.set_trust(&device_id(name), to, by, at).await.unwrap()
    };
    assert!(set("e", Trust::Trusted, 1).await.is_none());
    let change = set("d", Trust::Verified, 2).await.unwrap();
    assert_eq!(
        (change.from, change.to),
        (Trust::Untrusted, Trust::Verified)
    );
    assert_eq!((change.by.as_str(), change.at_ms), ("owner", 2));
    set("d", Trust::Verified, 3).await.unwrap();
    let stored = device(store, "d").await;
    assert_eq!(stored.trust, Trust::Verified);
    let told: Vec<_> = stored.trust_changes.iter().map(|c| c.by.as_str()).collect();
    assert_eq!(told, ["device:x", "owner"], "newest first");
    for at in 4..=u64::from(TRUST_CHANGES_KEPT) + 9 {
        let to = if at % 2 == 0 {
            Trust::Trusted
        } else {
            Trust::Untrusted
        };
        set("d", to, at).await.unwrap();
    }
    let newest = device(store, "d").await.trust_changes;
    assert_eq!(newest.len(), TRUST_CHANGES_TOLD as usize);
    assert_eq!(newest[0].at_ms, u64::from(TRUST_CHANGES_KEPT) + 9);
}
