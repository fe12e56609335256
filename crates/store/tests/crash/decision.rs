//! The life of a decision: asked, decided together with the rules that remember it, used up once.

use std::path::Path;

use tidegate_core::approval::{Asker, Ending, Matter, Outcome, Question, Words};
use tidegate_core::exec::SubjectHash;
use tidegate_core::store::{ApprovalStore, NewApproval, NewRules, Settled, StoredRules};
use tidegate_store::SqliteStore;

use crate::child::{Acked, Life, acknowledged, store_to_live_in};

/// Verbs that this life commits.
pub(crate) const VERBS: &[&str] = &[
    "migrate",
    "set_exec_rules",
    "ask_approval",
    "settle_approval",
    "spend_approval",
    "expire_approvals",
    "prune_approvals",
];

/// What is asked under this name.
fn matter(id: &str) -> Matter {
    Matter::from(Words {
        command: id.into(),
        ..Words::default()
    })
}

fn hash(id: &str) -> SubjectHash {
    matter(id).hash()
}

fn new(id: &str) -> NewApproval {
    NewApproval {
        id: id.into(),
        question: Question {
            matter: matter(id),
            asker: Asker::Run,
            why: None,
            agent: None,
            session_key: None,
            run_id: None,
        },
        asked_at_ms: 1,
        expires_at_ms: 100,
    }
}

fn rules(base: Option<&str>, name: &str) -> NewRules {
    NewRules {
        base: base.map(Into::into),
        rules: StoredRules {
            text: name.into(),
            hash: name.into(),
            at_ms: 1,
        },
    }
}

fn decided(outcome: Outcome) -> Ending {
    Ending {
        outcome,
        by: outcome.decision().map(|_| "owner".into()),
        at_ms: 2,
    }
}

/// The life of the child: each step is acknowledged after its verb returned. Not a test by itself.
#[tokio::test]
async fn life() {
    let Some(store) = store_to_live_in() else {
        return;
    };
    assert!(store.set_exec_rules(rules(None, "first")).await.unwrap());
    acknowledged("rules");
    for id in ["a", "b", "c"] {
        assert!(store.ask_approval(new(id)).await.unwrap());
        acknowledged(&format!("ask {id}"));
    }
    let always = decided(Outcome::AllowAlways);
    let remember = Some(rules(Some("first"), "second"));
    let settled = store.settle_approval("a", always, remember).await.unwrap();
    assert!(matches!(settled, Settled::Now(_)));
    acknowledged("decide a");
    assert!(store.spend_approval("a", hash("a"), 3).await.unwrap());
    acknowledged("spend a");
    let once = decided(Outcome::AllowOnce);
    store.settle_approval("b", once, None).await.unwrap();
    acknowledged("decide b");
    assert!(store.spend_approval("b", hash("b"), 3).await.unwrap());
    acknowledged("spend b");
    assert_eq!(store.expire_approvals(u64::MAX, 4).await.unwrap(), 1);
    acknowledged("expire");
    assert_eq!(store.prune_approvals(3).await.unwrap(), 2);
    acknowledged("prune");
    store.close().await;
    acknowledged("close");
}

#[test]
fn a_decision_is_whole_and_used_once_whatever_is_killed() {
    let life = Life {
        test: "decision::life",
        before: |_| {},
        verbs: VERBS,
        points: 22,
    };
    life.kill_at_every_point(&look);
}

/// What was left by a process that was killed at this point.
async fn look(path: &Path, point: &str, acked: &Acked) {
    let store = SqliteStore::open(path).unwrap();
    let has = |step: &str| acked.contains(step);
    let pruned = has("prune") || point.starts_with("prune");
    let ends = async |id: &str| {
        let found = store.approval(id).await.unwrap();
        found.map(|one| one.ending.map(|ending| ending.outcome))
    };
    for id in ["a", "b", "c"] {
        let found = ends(id).await.is_some();
        assert!(
            found || pruned || !has(&format!("ask {id}")),
            "{point}: {id}"
        );
    }
    // The decision and what it remembers are both there or both not.
    let rules = store.exec_rules().await.unwrap().map(|rules| rules.hash);
    assert!(rules.is_some() || !has("rules"), "{point}");
    if let Some(end) = ends("a").await {
        let always = end == Some(Outcome::AllowAlways);
        assert_eq!(always, rules.as_deref() == Some("second"), "{point}");
        assert!(always || !has("decide a"), "{point}");
    }
    let expired = ends("c").await == Some(Some(Outcome::Expired));
    assert!(expired || !has("expire"), "{point}");
    used_once(&store, point, acked).await;
    // The next start: nothing waits for a process that is gone, and none of it runs.
    store.expire_approvals(u64::MAX, 9).await.unwrap();
    assert_eq!(store.open_approvals().await.unwrap(), [], "{point}");
    let c = store.spend_approval("c", hash("c"), 9).await.unwrap();
    assert!(!c, "{point}: nobody allowed it");
    store.close().await;
}

/// A decision whose use was acknowledged cannot be used again, and no other more than once.
async fn used_once(store: &SqliteStore, point: &str, acked: &Acked) {
    for id in ["a", "b"] {
        let spend = async || store.spend_approval(id, hash(id), 9).await.unwrap();
        let first = spend().await;
        let was_used = acked.contains(&format!("spend {id}"));
        assert!(!(first && was_used), "{point}: {id} is used twice");
        assert!(!spend().await, "{point}: {id} is used twice");
    }
}
