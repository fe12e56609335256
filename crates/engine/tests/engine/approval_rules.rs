//! The rules about commands: what runs, what is asked about, what is remembered.

use serde_json::json;
use tidegate_core::approval::{Matter, Words};
use tidegate_core::exec::{ContentHash, Decision, Entry, Place};
use tidegate_engine::{NotSpent, Unapproved};

use crate::approval_world::*;
use crate::world::{Plan, World};

async fn open() -> World {
    Plan::default().start().await
}

/// How often somebody was asked.
fn questions(world: &World) -> usize {
    world.heard.named("exec.approval.requested").len()
}

#[tokio::test(start_paused = true)]
async fn always_means_exactly_so_and_never_a_shell() {
    let world = open().await;
    let engine = &world.engine;
    let asked = asking(engine, command("wc -l a.txt"), context());
    the_one(engine).await;
    decide(engine, Decision::AllowAlways).await.unwrap();
    asked.answer().await.unwrap();
    let hash = engine.approvals().rules().await.unwrap().hash;
    let again = engine
        .approvals()
        .permit(&command("wc -l a.txt"), &context())
        .await;
    again.unwrap();
    assert_eq!(questions(&world), 1, "nobody was asked again");
    let rules = engine.approvals().rules().await.unwrap();
    assert_eq!(rules.hash, hash, "a use is no other rule");
    let entry: Vec<&Entry> = rules.file.agents["main"].allowlist.iter().collect();
    let used = serde_json::to_value(entry[0]).unwrap();
    assert!(used["lastUsedAt"].is_u64(), "{used}");

    let mut elsewhere = subject("wc -l a.txt");
    elsewhere.cwd.path = "/etc".into();
    let mut changed = subject("wc -l a.txt");
    changed.executable.sha256 = ContentHash::from_bytes([9; 32]);
    let mut on_node = subject("wc -l a.txt");
    on_node.place = Place::Node("n".into());
    let others = [subject("wc -l b.txt"), elsewhere, changed, on_node];
    for other in others {
        let asked = asking(engine, other.clone().into(), context());
        the_one(engine).await;
        decide(engine, Decision::Deny).await.unwrap();
        assert!(asked.answer().await.is_err(), "{other:?}");
    }
    let asked = asking(engine, command("wc -l a.txt"), for_agent("other"));
    the_one(engine).await;
    decide(engine, Decision::Deny).await.unwrap();
    assert!(asked.answer().await.is_err(), "another agent");

    for line in [
        "bash -c ls",
        "python3 -c 1",
        "env ls",
        "xargs rm",
        "ssh host ls",
        "git status",
    ] {
        let asked = asking(engine, command(line), context());
        let waiting = the_one(engine).await;
        let allowed = tidegate_engine::asked(&waiting).request.allowed_decisions;
        assert_eq!(allowed, ["allow-once", "deny"], "{line}");
        let refused = decide(engine, Decision::AllowAlways)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("cannot be allowed always"),
            "{line}: {refused}"
        );
        decide(engine, Decision::AllowOnce).await.unwrap();
        assert!(asked.answer().await.is_ok(), "{line}");
    }
    assert_eq!(engine.approvals().rules().await.unwrap().hash, hash);
}

#[tokio::test(start_paused = true)]
async fn what_is_allowed_always_on_a_node_is_not_allowed_here() {
    let world = open().await;
    let engine = &world.engine;
    let mut on_node = subject("wc -l");
    on_node.place = Place::Node("n".into());
    let matter = Matter::from(on_node);
    let asked = asking(engine, matter.clone(), context());
    the_one(engine).await;
    decide(engine, Decision::AllowAlways).await.unwrap();
    let permit = asked.answer().await.unwrap();
    let spent = engine.approvals().spend(permit, &matter).await.unwrap();
    assert_eq!(
        spent.decision,
        Some(Decision::AllowAlways),
        "the node remembers"
    );
    assert!(!engine.approvals().rules().await.unwrap().exists);
}

#[tokio::test(start_paused = true)]
async fn the_rules_of_an_agent_hold() {
    let world = open().await;
    let engine = &world.engine;
    let rules = json!({
        "version": 1,
        "agents": {
            "never": { "security": "deny" },
            "free": { "security": "full" },
            "alone": { "ask": "off" },
            "watched": { "security": "full", "ask": "always" },
        },
    });
    set_rules(engine, rules).await;
    let permit = async |agent| {
        let ask = for_agent(agent);
        engine.approvals().permit(&command("ls"), &ask).await
    };
    for agent in ["never", "alone"] {
        let refused = permit(agent).await;
        assert!(
            matches!(refused, Err(Unapproved::Refused(_))),
            "{agent}: {refused:?}"
        );
    }
    assert!(permit("free").await.is_ok());
    assert_eq!(questions(&world), 0);
    for agent in ["watched", "unknown"] {
        let refused = permit(agent).await;
        assert!(
            matches!(refused, Err(Unapproved::Expired)),
            "{agent}: {refused:?}"
        );
    }
    assert_eq!(questions(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_allows_what_is_listed_and_no_more() {
    let world = open().await;
    let engine = &world.engine;
    let entry = Entry::remember(&subject("wc -l"), "id".into(), 1).unwrap();
    let watched = json!({ "ask": "always", "askFallback": "full", "allowlist": [entry] });
    set_rules(
        engine,
        json!({ "version": 1, "agents": { "main": watched } }),
    )
    .await;
    let listed = engine
        .approvals()
        .permit(&command("wc -l"), &context())
        .await;
    assert!(listed.is_ok(), "{listed:?}");
    let other = engine
        .approvals()
        .permit(&command("wc -c"), &context())
        .await;
    assert!(matches!(other, Err(Unapproved::Expired)), "{other:?}");
    assert_eq!(questions(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_answered_is_judged_by_the_rules_as_they_are_then() {
    let world = open().await;
    let engine = &world.engine;
    let entry = Entry::remember(&subject("wc -l"), "id".into(), 1).unwrap();
    let watched = json!({ "ask": "always", "askFallback": "full", "allowlist": [entry] });
    let rules = json!({ "version": 1, "agents": { "main": watched } });
    set_rules(engine, rules).await;
    let asked = asking(engine, command("wc -l"), context());
    the_one(engine).await;
    let before = engine.approvals().rules().await.unwrap();
    let none = json!({ "version": 1, "agents": { "main": { "security": "deny" } } });
    let none = serde_json::from_value(none).unwrap();
    let approvals = engine.approvals();
    let set = approvals.set_rules(none, Some(&before.hash));
    set.await.unwrap();
    let answer = asked.answer().await;
    assert!(matches!(answer, Err(Unapproved::Expired)), "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn rules_are_changed_only_by_who_saw_the_last_ones() {
    let world = open().await;
    let approvals = world.engine.approvals();
    let file = |ask: &str| {
        serde_json::from_value(json!({ "version": 1, "defaults": { "ask": ask } })).unwrap()
    };
    let before = approvals.rules().await.unwrap();
    assert!(!before.exists);
    let first = approvals.set_rules(file("always"), None).await.unwrap();
    assert!(first.exists && first.hash != before.hash);
    let blind = approvals.set_rules(file("off"), None).await.unwrap_err();
    assert!(
        blind
            .to_string()
            .starts_with("exec approvals base hash required")
    );
    let stale = approvals
        .set_rules(file("off"), Some(&before.hash))
        .await
        .unwrap_err();
    assert!(
        stale
            .to_string()
            .starts_with("exec approvals changed since last load")
    );
    assert_eq!(approvals.rules().await.unwrap(), first);
    let second = approvals
        .set_rules(file("off"), Some(&first.hash))
        .await
        .unwrap();
    assert_eq!(approvals.rules().await.unwrap(), second);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_looked_at_is_asked_about_and_never_remembered() {
    let world = open().await;
    let engine = &world.engine;
    let words = |command: &str| {
        Matter::from(Words {
            command: command.into(),
            node_id: Some("n".into()),
            ..Words::default()
        })
    };
    let asked = asking(engine, words("ls"), context());
    the_one(engine).await;
    let refused = decide(engine, Decision::AllowAlways).await.unwrap_err();
    assert!(refused.to_string().contains("not looked at"), "{refused}");
    decide(engine, Decision::AllowOnce).await.unwrap();
    let permit = asked.answer().await.unwrap();
    let refused = engine.approvals().spend(permit, &words("rm")).await;
    assert!(matches!(refused, Err(NotSpent::Other)), "{refused:?}");
}
