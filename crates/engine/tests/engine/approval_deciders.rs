//! Who decides about a command (SECURITY T50): whoever holds the right and did not ask.

use std::time::Duration;

use tidegate_core::approval::{Outcome, Words};
use tidegate_core::exec::Decision;
use tidegate_core::live::Generation;
use tidegate_core::{Permit, PrincipalId};
use tidegate_engine::{ASK_DEFAULT, ASK_MAX, Asked, ClientQuestion, Engine};
use tidegate_protocol::{ConnId, Scope};

use crate::approval_world::*;
use crate::world::{Plan, settle};

/// The rule in words, by hand: the right, no guest, and in a chat only the owner.
fn may(kind: &str, scopes: &[Scope]) -> bool {
    let admin = scopes.contains(&Scope::Admin);
    let right = admin || scopes.contains(&Scope::Approvals);
    match kind {
        "owner" | "device" => right,
        "sender" => admin,
        _ => false,
    }
}

#[tokio::test(start_paused = true)]
async fn every_principal_with_every_scope_decides_as_the_rule_says() {
    let world = Plan::default().start().await;
    let engine = &world.engine;
    let kinds = [
        ("owner", PrincipalId::Owner),
        ("device", device("d")),
        ("guest", PrincipalId::Guest),
        ("sender", sender("s")),
    ];
    let mut sets: Vec<Vec<Scope>> = Scope::ALL.into_iter().map(|scope| vec![scope]).collect();
    sets.extend([Vec::new(), Scope::ALL.to_vec()]);
    for (kind, id) in kinds {
        for scopes in &sets {
            let permit = who(id.clone(), scopes.iter().copied());
            let asked = asking(engine, command("ls"), context());
            let waiting = the_one(engine).await.id;
            let approvals = engine.approvals();
            let decided = approvals.resolve(&permit, None, &waiting, Decision::AllowOnce);
            let expected = may(kind, scopes);
            assert_eq!(decided.await.is_ok(), expected, "{kind} {scopes:?}");
            if !expected {
                the_one(engine).await;
                decide(engine, Decision::Deny).await.unwrap();
            }
            assert_eq!(asked.answer().await.is_ok(), expected, "{kind} {scopes:?}");
        }
    }
}

/// A client asks over this connection.
async fn client_asks(engine: &Engine, caller: &Permit, connection: &ConnId) -> Asked {
    client_asks_for(engine, caller, connection, None).await
}

/// As [`client_asks`], and waits for so long.
async fn client_asks_for(
    engine: &Engine,
    caller: &Permit,
    connection: &ConnId,
    timeout: Option<Duration>,
) -> Asked {
    let question = ClientQuestion {
        id: None,
        words: Words {
            command: "ls".into(),
            ..Words::default()
        },
        agent: None,
        session_key: None,
        timeout,
    };
    engine
        .approvals()
        .ask_for_client(question, caller.caller(), connection)
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_client_says_how_long_it_waits_within_bounds() {
    let world = Plan::default().start().await;
    let a = who(device("a"), [Scope::Admin]);
    for (wanted, waits) in [
        (None, ASK_DEFAULT),
        (Some(Duration::from_secs(5)), Duration::from_secs(5)),
        (Some(Duration::from_hours(9)), ASK_MAX),
    ] {
        let began = tokio::time::Instant::now();
        let asked = client_asks_for(&world.engine, &a, &ConnId::new("one"), wanted).await;
        let ended = asked.answer().await.unwrap().ending.unwrap();
        assert_eq!(ended.outcome, Outcome::Expired);
        assert_eq!(began.elapsed().as_secs(), waits.as_secs());
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_does_not_decide() {
    let world = Plan::default().start().await;
    let engine = &world.engine;
    let (one, other) = (ConnId::new("one"), ConnId::new("other"));
    let a = who(device("a"), [Scope::Admin]);
    let b = who(device("b"), [Scope::Approvals]);
    for (asks, decides, connection, expected) in [
        (&a, &a, &one, false),
        (&a, &a, &other, false),
        (&a, &b, &other, true),
        (&owner(), &owner(), &one, false),
        (&owner(), &owner(), &other, true),
        (&owner(), &b, &other, true),
    ] {
        let asked = client_asks(engine, asks, &one).await;
        let id = asked.approval.id.clone();
        let approvals = engine.approvals();
        let decided = approvals.resolve(decides, Some(connection), &id, Decision::AllowOnce);
        let decided = decided.await;
        assert_eq!(
            decided.is_ok(),
            expected,
            "{asks:?} {decides:?} {decided:?}"
        );
        let found = approvals.find(&id).await.unwrap().unwrap();
        let outcome = found.ending.map(|ending| ending.outcome);
        assert_eq!(outcome, expected.then_some(Outcome::AllowOnce));
    }
}

#[tokio::test(start_paused = true)]
async fn a_right_that_was_taken_back_decides_nothing() {
    let world = Plan::default().start().await;
    let engine = &world.engine;
    let asked = asking(engine, command("ls"), context());
    let waiting = the_one(engine).await.id;
    let right = Generation::default();
    let permit = who(device("d"), [Scope::Approvals]).while_it_holds(Some(right.standing()));
    right.end();
    for decision in [Decision::AllowOnce, Decision::AllowAlways, Decision::Deny] {
        let approvals = engine.approvals();
        let decided = approvals.resolve(&permit, None, &waiting, decision).await;
        assert!(decided.is_err(), "{decided:?}");
    }
    the_one(engine).await;
    decide(engine, Decision::Deny).await.unwrap();
    assert!(asked.answer().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_client_takes_no_name_that_stands_for_the_question_of_an_agent() {
    let world = Plan::default().start().await;
    let engine = &world.engine;
    let agents = asking(engine, command("ls"), context());
    let whole = the_one(engine).await.id;
    let (short, _) = whole.split_at(8);
    let longer = format!("{whole}-z");
    for id in [short, &longer] {
        let refused = client_asks_as(engine, id, &ConnId::new("one")).await;
        assert_eq!(refused.unwrap_err(), "approval id already pending", "{id}");
    }
    let approvals = engine.approvals();
    for id in [short, &whole] {
        assert_eq!(approvals.find(id).await.unwrap().unwrap().id, whole);
    }
    drop(agents);
}

#[tokio::test(start_paused = true)]
async fn a_whole_name_means_its_own_question_also_when_that_has_ended() {
    let world = Plan::default().start().await;
    let engine = &world.engine;
    let first = client_asks_as(engine, "approve-1", &ConnId::new("one")).await;
    let longer = client_asks_as(engine, "approve-10", &ConnId::new("one")).await;
    drop(first.unwrap());
    settle().await;
    the_one(engine).await;
    let other = who(device("b"), [Scope::Approvals]);
    let approvals = engine.approvals();
    for _ in 0..2 {
        let late = approvals.resolve(&other, None, "approve-1", Decision::AllowOnce);
        assert!(late.await.is_err());
        assert_eq!(the_one(engine).await.id, "approve-10");
    }
    drop(longer.unwrap());
}

/// A client asks under a name that it chose.
async fn client_asks_as(engine: &Engine, id: &str, connection: &ConnId) -> Result<Asked, String> {
    let question = ClientQuestion {
        id: Some(id.into()),
        words: Words::default(),
        agent: None,
        session_key: None,
        timeout: None,
    };
    let caller = owner();
    let asked = engine
        .approvals()
        .ask_for_client(question, caller.caller(), connection)
        .await;
    asked.map_err(|why| why.to_string())
}

#[tokio::test(start_paused = true)]
async fn a_name_that_a_client_chose_is_taken_once_and_shows_nothing_else() {
    let world = Plan::default().start().await;
    let engine = &world.engine;
    let connection = ConnId::new("one");
    let ask = async |id: &str| client_asks_as(engine, id, &connection).await;
    let first = ask("ap-1").await.unwrap();
    assert_eq!(
        ask("ap-1").await.unwrap_err(),
        "approval id already pending"
    );
    drop(first);
    for bad in ["", "a b", "a`b", "a\nb", "ä", &"a".repeat(129)] {
        assert!(ask(bad).await.is_err(), "{bad:?}");
    }
}
