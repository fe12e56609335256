//! How questions end, for those who wait on another connection and for those who ask later.

use std::time::Duration;

use serde_json::{Value, json};

use crate::approvals::{ask, decider};
use crate::common::{Edge, NOW_MS, jump, settle};

#[tokio::test]
async fn a_decision_is_learnt_on_another_connection_also_when_whoever_asked_has_left() {
    let edge = Edge::start().await;
    let mut other = decider(&edge).await;
    for decision in ["allow-once", "allow-always", "deny"] {
        let mut asker = decider(&edge).await;
        let params = json!({ "command": "ls", "twoPhase": true, "timeoutMs": 5000 });
        let request = asker.ask("exec.approval.request", params).await;
        let id = asker.answer(&request).await["payload"]["id"].clone();
        asker.leave().await;
        settle().await;
        let mut learners = [decider(&edge).await, decider(&edge).await];
        let mut waits = Vec::new();
        for learner in &mut learners {
            let named = json!({ "id": id });
            waits.push(learner.ask("exec.approval.waitDecision", named).await);
        }
        settle().await;
        let list = other.get("exec.approval.list", json!({})).await;
        assert_eq!(list[0]["id"], id, "it still waits");
        let decide = json!({ "id": id, "decision": decision });
        other.get("exec.approval.resolve", decide).await;
        let expected = json!({
            "id": id, "decision": decision,
            "createdAtMs": NOW_MS, "expiresAtMs": NOW_MS + 5000,
        });
        for (learner, request) in learners.iter_mut().zip(waits) {
            assert_eq!(learner.answer(&request).await["payload"], expected);
        }
        let named = json!({ "id": id });
        let later = other.get("exec.approval.waitDecision", named).await;
        assert_eq!(later, expected, "one who comes late is told at once");
    }
    edge.stopped().await;
}

#[tokio::test]
async fn whoever_waits_for_a_decision_that_does_not_come_is_told_null() {
    let edge = Edge::start().await;
    let mut asker = decider(&edge).await;
    let mut learner = decider(&edge).await;
    let (_, id) = ask(&mut asker, json!({ "command": "ls", "timeoutMs": 2000 })).await;
    let named = json!({ "id": id[..8] });
    let request = learner.ask("exec.approval.waitDecision", named).await;
    settle().await;
    jump(Duration::from_secs(3)).await;
    let answer = learner.answer(&request).await;
    assert_eq!(answer["payload"]["id"], *id, "{answer}");
    assert_eq!(answer["payload"]["decision"], Value::Null, "{answer}");
    let unknown = json!({ "id": "there-is-none" });
    let refused = learner.call("exec.approval.waitDecision", unknown).await;
    assert_eq!(
        (&refused["error"]["message"], &refused["error"]["details"]),
        (
            &json!("approval expired or not found"),
            &json!({ "code": "APPROVAL_NOT_FOUND" })
        )
    );
    edge.stopped().await;
}

#[tokio::test]
async fn what_ended_is_told_page_by_page_the_newest_first() {
    let edge = Edge::start().await;
    let mut asker = decider(&edge).await;
    let mut other = decider(&edge).await;
    let nothing = other.get("exec.approval.history", json!({})).await;
    assert_eq!(nothing, json!({ "ended": [] }));
    let mut ids = Vec::new();
    for decision in ["allow-once", "allow-always", "deny"] {
        let (request, id) = ask(&mut asker, json!({ "command": decision })).await;
        let decide = json!({ "id": id, "decision": decision });
        other.get("exec.approval.resolve", decide).await;
        asker.answer(&request).await;
        ids.push(id);
    }
    let (request, expires) = ask(&mut asker, json!({ "command": "ls", "timeoutMs": 2000 })).await;
    settle().await;
    jump(Duration::from_secs(3)).await;
    asker.answer(&request).await;
    let (_, waits) = ask(&mut asker, json!({ "command": "ls" })).await;

    let mut told = Vec::new();
    let mut before = Value::Null;
    loop {
        let mut params = json!({ "limit": 2 });
        if !before.is_null() {
            params["before"] = before;
        }
        let page = other.get("exec.approval.history", params).await;
        let ended = page["ended"].as_array().unwrap();
        assert!((1..=2).contains(&ended.len()), "{page}");
        told.extend(ended.iter().cloned());
        before = page["nextBefore"].clone();
        if before.is_null() {
            break;
        }
    }
    let of = |field: &str| -> Vec<Value> { told.iter().map(|one| one[field].clone()).collect() };
    assert_eq!(
        of("id"),
        [&expires, &ids[2], &ids[1], &ids[0]].map(|id| json!(id))
    );
    assert!(!of("id").contains(&json!(waits)));
    assert_eq!(
        of("outcome"),
        ["expired", "deny", "allow-always", "allow-once"].map(Value::from)
    );
    assert_eq!(
        of("resolvedBy"),
        [Value::Null, "owner".into(), "owner".into(), "owner".into()]
    );
    assert_eq!(told[3]["request"]["command"], "allow-once");
    assert_eq!(told[3]["endedAtMs"], NOW_MS);
    assert_eq!(told[3].get("usedAtMs"), None, "nothing ran here by it");
    for limit in [0, 101] {
        let params = json!({ "limit": limit });
        let refused = other.call("exec.approval.history", params).await;
        assert_eq!(refused["error"]["code"], "INVALID_REQUEST", "{refused}");
    }
    edge.stopped().await;
}
