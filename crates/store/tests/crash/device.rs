//! The life of devices: asked for, approved, trusted, given another token, revoked, refused, removed.

use std::path::Path;

use tidegate_core::store::{
    Device, DeviceGrant, DeviceLabel, DeviceStore, NewToken, PairRequest, Touch, Trust,
};
use tidegate_core::{ScopeSet, SecretHash};
use tidegate_protocol::{DeviceId, Role, Scope};
use tidegate_store::SqliteStore;

use crate::child::{Acked, Life, acknowledged, store_to_live_in};

/// Verbs that this life commits.
pub(crate) const VERBS: &[&str] = &[
    "migrate",
    "request_pairing",
    "approve_pairing",
    "reject_pairing",
    "touch",
    "set_trust",
    "rename_device",
    "replace_token",
    "revoke_token",
    "remove_device",
];
const BY: &str = "owner";

fn id(name: &str) -> DeviceId {
    DeviceId::new(name)
}

fn request(name: &str) -> PairRequest {
    PairRequest {
        request_id: format!("{name} asks"),
        device_id: id(name),
        public_key: [7; 32],
        label: DeviceLabel::default(),
        role: Role::Operator,
        scopes: ScopeSet::all(),
        at_ms: 1,
        offer: None,
    }
}

fn token(word: &str, issued_at_ms: u64) -> NewToken {
    NewToken {
        hash: SecretHash::of(word),
        issued_at_ms,
        expires_at_ms: None,
    }
}

fn opens(grant: &DeviceGrant, word: &str) -> bool {
    grant.token.matches(word)
}

fn read_only() -> ScopeSet {
    [Scope::Read].into_iter().collect()
}

async fn ask(store: &SqliteStore, name: &str) {
    let asked = store.request_pairing(request(name), 0, 9).await.unwrap();
    assert!(asked.is_new);
    acknowledged(&format!("ask {name}"));
}

async fn approve(store: &SqliteStore, name: &str) -> Option<Device> {
    let request = format!("{name} asks");
    let token = token(&format!("{name} first"), 2);
    store.approve_pairing(&request, 0, token).await.unwrap()
}

/// The life of the child: each step is acknowledged after its verb returned. Not a test by itself.
#[tokio::test]
async fn life() {
    let Some(store) = store_to_live_in() else {
        return;
    };
    for name in ["kept", "refused", "gone"] {
        ask(&store, name).await;
    }
    for name in ["kept", "gone"] {
        assert!(approve(&store, name).await.is_some());
        acknowledged(&format!("approve {name}"));
    }
    for name in ["kept", "gone"] {
        let changed = store.set_trust(&id(name), Trust::Trusted, BY, 3).await;
        assert!(changed.unwrap().is_some());
        acknowledged(&format!("trust {name}"));
    }
    let refused = store.reject_pairing("refused asks", 0).await.unwrap();
    assert!(refused.is_some());
    acknowledged("refuse");
    assert!(store.rename_device(&id("kept"), "Desk").await.unwrap());
    acknowledged("rename");
    let second = token("kept second", 4);
    let (kept, operator) = (id("kept"), Role::Operator);
    let rotated = store.replace_token(&kept, operator, second, read_only());
    assert!(rotated.await.unwrap().is_some());
    acknowledged("rotate");
    // A connect and the end of its token at once: they share a commit.
    let (revoked, noted) = tokio::join!(
        store.revoke_token(&kept, operator, 5),
        store.touch(&kept, operator, touched()),
    );
    assert_eq!(revoked.unwrap(), Some(5));
    noted.unwrap();
    acknowledged("revoke");
    let removed = store.remove_device(&id("gone"), BY, 6).await.unwrap();
    assert!(removed.is_some());
    acknowledged("remove");
    store.close().await;
    acknowledged("close");
}

fn touched() -> Touch {
    Touch {
        label: DeviceLabel::default(),
        at_ms: 5,
        expires_at_ms: None,
        offer: None,
    }
}

#[test]
fn a_right_that_was_taken_back_stays_so_whatever_is_killed() {
    let life = Life {
        test: "device::life",
        before: |_| {},
        verbs: VERBS,
        points: 24,
    };
    life.kill_at_every_point(&look);
}

/// What was left by a process that was killed at this point.
async fn look(path: &Path, point: &str, acked: &Acked) {
    let store = SqliteStore::open(path).unwrap();
    let left = Left {
        store: &store,
        point,
        acked,
    };
    left.asked_or_paired_but_never_both().await;
    left.trust_has_somebody_who_gave_it().await;
    left.one_token_opens_the_kept_device().await;
    left.what_was_taken_back_is_not_there().await;
    left.nothing_is_approved_twice().await;
    left.revoked_stays_revoked().await;
    store.close().await;
}

/// What is found in a database after a kill.
struct Left<'a> {
    store: &'a SqliteStore,
    point: &'a str,
    acked: &'a Acked,
}

impl Left<'_> {
    fn has(&self, step: &str) -> bool {
        self.acked.contains(step)
    }

    async fn device(&self, name: &str) -> Option<Device> {
        self.store.device(&id(name)).await.unwrap()
    }

    async fn grant(&self, name: &str) -> Option<DeviceGrant> {
        let device = self.device(name).await?;
        device.grant(Role::Operator).cloned()
    }

    async fn waits(&self, name: &str) -> bool {
        let waiting = self.store.pair_requests(0).await.unwrap();
        waiting.iter().any(|one| one.device_id == id(name))
    }

    async fn asked_or_paired_but_never_both(&self) {
        let point = self.point;
        for name in ["kept", "gone"] {
            let (paired, waits) = (self.device(name).await, self.waits(name).await);
            assert!(paired.is_none() || !waits, "{point}: {name} still asks");
            if let Some(device) = &paired {
                assert_eq!(device.grants.len(), 1, "{point}: {name} without a right");
            }
            let removed = name == "gone" && self.may_have("remove_device", "remove");
            let there = paired.is_some() || removed;
            assert!(there || !self.has(&format!("approve {name}")), "{point}");
            assert!(
                there || waits || !self.has(&format!("ask {name}")),
                "{point}"
            );
        }
    }

    /// Whether a step was carried out or may have been.
    fn may_have(&self, verb: &str, step: &str) -> bool {
        let (verbs, _) = self.point.split_once(':').unwrap();
        self.has(step) || verbs.split('+').any(|one| one == verb)
    }

    /// A level and the record of who gave it are both there or both not.
    async fn trust_has_somebody_who_gave_it(&self) {
        let point = self.point;
        for name in ["kept", "gone"] {
            let Some(device) = self.device(name).await else {
                continue;
            };
            let given = device.trust == Trust::Trusted;
            assert_eq!(device.trust_changes.len(), usize::from(given), "{point}");
            assert!(given || !self.has(&format!("trust {name}")), "{point}");
        }
    }

    /// The first token or the second, never another one's scopes with it.
    async fn one_token_opens_the_kept_device(&self) {
        let point = self.point;
        let Some(grant) = self.grant("kept").await else {
            return;
        };
        let rotated = opens(&grant, "kept second");
        assert!(rotated || opens(&grant, "kept first"), "{point}");
        let scopes = if rotated {
            read_only()
        } else {
            ScopeSet::all()
        };
        assert_eq!(grant.scopes, scopes, "{point}");
        assert_eq!(grant.token_scopes, scopes, "{point}");
        assert!(rotated || !self.has("rotate"), "{point}");
        let name = self.device("kept").await.and_then(|device| device.name);
        assert!(
            !self.has("rename") || name.as_deref() == Some("Desk"),
            "{point}"
        );
    }

    async fn what_was_taken_back_is_not_there(&self) {
        let point = self.point;
        assert!(
            !self.has("refuse") || !self.waits("refused").await,
            "{point}"
        );
        assert!(self.device("refused").await.is_none(), "{point}");
        assert!(
            !self.has("remove") || self.device("gone").await.is_none(),
            "{point}"
        );
        let revoked = self
            .grant("kept")
            .await
            .and_then(|grant| grant.revoked_at_ms);
        assert!(!self.has("revoke") || revoked == Some(5), "{point}");
    }

    /// A request is good for one approval: what it gave is not given again, with another token.
    async fn nothing_is_approved_twice(&self) {
        let point = self.point;
        for name in ["kept", "gone"] {
            let waited = self.waits(name).await;
            let before = self.grant(name).await.map(|grant| *grant.token.as_bytes());
            let again = approve(self.store, name).await;
            assert_eq!(again.is_some(), waited, "{point}: {name}");
            if before.is_some() {
                let after = self.grant(name).await.map(|grant| *grant.token.as_bytes());
                assert_eq!(after, before, "{point}: {name}");
            }
        }
    }

    /// Whatever a device does next, its token stays shut, since the first time.
    async fn revoked_stays_revoked(&self) {
        let point = self.point;
        let Some(before) = self.grant("kept").await else {
            return;
        };
        let (store, kept) = (self.store, id("kept"));
        let since = store.revoke_token(&kept, Role::Operator, 9).await.unwrap();
        assert_eq!(since, before.revoked_at_ms.or(Some(9)), "{point}");
        store.touch(&kept, Role::Operator, touched()).await.unwrap();
        let after = self.grant("kept").await.unwrap();
        assert_eq!(after.revoked_at_ms, since, "{point}");
        assert!(!after.is_live(10), "{point}");
    }
}
