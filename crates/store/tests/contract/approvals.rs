//! Questions to a person, and the rules.

use std::collections::BTreeMap;

use tidegate_core::approval::{Approval, Asker, Ending, Matter, Outcome, Question, Words};
use tidegate_core::exec::{
    ContentHash, Directory, Input, Interpreter, Pinned, PinnedArgument, Place, Subject,
};
use tidegate_core::store::{NewApproval, NewRules, Settled, StoredRules};
use tidegate_protocol::{AgentId, ConnId, RunId};

use crate::fixtures::Store;

contract! {
    a_question_comes_back_as_it_was_asked
    a_name_is_taken_once
    those_that_wait_are_listed_in_order
    those_that_ended_come_page_by_page_the_newest_end_first
    the_first_end_counts
    a_decision_after_the_time_does_not_count
    nobody_decides_what_was_not_asked
    an_approval_is_spent_once_and_for_its_subject_alone
    only_a_yes_is_spent
    what_waits_expires_when_it_is_due
    what_ended_long_ago_is_forgotten
    rules_are_set_in_place_of_those_that_are_named
    a_decision_and_its_rules_are_one
    one_of_many_deciders_wins
}

/// A subject in which every field is filled in.
fn subject(path: &str) -> Subject {
    let pinned = |path: &str, byte| Pinned {
        path: path.into(),
        sha256: ContentHash::from_bytes([byte; 32]),
    };
    Subject {
        argv: vec!["tool".into(), "a\u{202e}b".into(), "x.sh".into()],
        executable: pinned(path, 1),
        interpreter: Some(Interpreter {
            file: pinned("/bin/sh", 2),
            name: "sh".into(),
            argument: Some("-e".into()),
        }),
        arguments: vec![PinnedArgument {
            index: 2,
            file: pinned("/tmp/x.sh", 3),
            code: true,
        }],
        cwd: Directory {
            path: "/tmp".into(),
            device: 1,
            inode: 2,
        },
        environment: BTreeMap::from([("LANG".into(), "C".into())]),
        input: Input::Bytes(ContentHash::from_bytes([4; 32])),
        place: Place::Node("n".into()),
        user: 1000,
    }
}

fn of_run(path: &str) -> Question {
    Question {
        matter: Matter::from(subject(path)),
        asker: Asker::Run,
        why: Some("it is not in the allowlist".into()),
        agent: Some(AgentId::new("main")),
        session_key: Some("agent:main:main".into()),
        run_id: Some(RunId::new("r")),
    }
}

fn of_client() -> Question {
    Question {
        matter: Matter::from(Words {
            command: "ls".into(),
            ..Words::default()
        }),
        asker: Asker::Client {
            principal: "device:a".into(),
            connection: ConnId::new("c"),
        },
        why: None,
        agent: None,
        session_key: None,
        run_id: None,
    }
}

fn new(id: &str, at_ms: u64) -> NewApproval {
    NewApproval {
        id: id.into(),
        question: of_run("/bin/tool"),
        asked_at_ms: at_ms,
        expires_at_ms: at_ms + 100,
    }
}

fn waits(new: NewApproval) -> Approval {
    Approval {
        id: new.id,
        question: new.question,
        asked_at_ms: new.asked_at_ms,
        expires_at_ms: new.expires_at_ms,
        ending: None,
        spent_at_ms: None,
    }
}

fn decided(outcome: Outcome, at_ms: u64) -> Ending {
    Ending {
        outcome,
        by: outcome.decision().map(|_| "owner".into()),
        at_ms,
    }
}

fn rules(base: Option<&str>, name: &str) -> NewRules {
    NewRules {
        base: base.map(Into::into),
        rules: StoredRules {
            text: format!("{{\"name\":\"{name}\"}}"),
            hash: name.into(),
            at_ms: 7,
        },
    }
}

async fn ask(store: &impl Store, id: &str, at_ms: u64) {
    assert!(store.ask_approval(new(id, at_ms)).await.unwrap());
}

async fn end(store: &impl Store, id: &str, outcome: Outcome, at_ms: u64) -> Settled {
    let ending = decided(outcome, at_ms);
    store.settle_approval(id, ending, None).await.unwrap()
}

async fn outcome(store: &impl Store, id: &str) -> Option<Outcome> {
    let found = store.approval(id).await.unwrap().unwrap();
    found.ending.map(|ending| ending.outcome)
}

async fn a_question_comes_back_as_it_was_asked(store: &impl Store) {
    for question in [of_run("/bin/tool"), of_client()] {
        let id = format!("{}", question.matter.hash());
        let new = NewApproval {
            question,
            ..new(&id, 5)
        };
        assert!(store.ask_approval(new.clone()).await.unwrap());
        assert_eq!(store.approval(&id).await.unwrap(), Some(waits(new)));
    }
    assert_eq!(store.approval("other").await.unwrap(), None);
}

async fn a_name_is_taken_once(store: &impl Store) {
    ask(store, "a", 5).await;
    let other = NewApproval {
        question: of_client(),
        ..new("a", 6)
    };
    assert!(!store.ask_approval(other.clone()).await.unwrap());
    end(store, "a", Outcome::Deny, 7).await;
    assert!(!store.ask_approval(other).await.unwrap(), "also when ended");
    let found = store.approval("a").await.unwrap().unwrap();
    assert_eq!(found.question, of_run("/bin/tool"));
}

async fn those_that_wait_are_listed_in_order(store: &impl Store) {
    for (id, at_ms) in [("b", 5), ("a", 5), ("c", 4)] {
        ask(store, id, at_ms).await;
    }
    end(store, "a", Outcome::Withdrawn, 6).await;
    let open = store.open_approvals().await.unwrap();
    assert_eq!(open, [waits(new("b", 5)), waits(new("c", 4))]);
}

async fn those_that_ended_come_page_by_page_the_newest_end_first(store: &impl Store) {
    let page = async |before, most| {
        let page = store.ended_approvals(before, most).await.unwrap();
        page.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 9).await, [""; 0]);
    for id in ["a", "b", "c", "d", "waits"] {
        ask(store, id, 5).await;
    }
    for (id, how, at_ms) in [
        ("b", Outcome::Deny, 9),
        ("a", Outcome::AllowOnce, 7),
        ("d", Outcome::Withdrawn, 7),
        ("c", Outcome::AllowAlways, 8),
    ] {
        end(store, id, how, at_ms).await;
    }
    assert_eq!(page(None, 9).await, ["b", "c", "d", "a"]);
    assert_eq!(page(None, 2).await, ["b", "c"]);
    assert_eq!(page(Some("c"), 1).await, ["d"]);
    assert_eq!(page(Some("d"), 9).await, ["a"]);
    assert_eq!(page(Some("a"), 9).await, [""; 0]);
    assert_eq!(page(None, 0).await, [""; 0]);
    for none in ["waits", "unknown"] {
        assert_eq!(page(Some(none), 9).await, [""; 0], "{none}");
    }
    let whole = store.ended_approvals(Some("b"), 1).await.unwrap();
    let ended = Approval {
        ending: Some(decided(Outcome::AllowAlways, 8)),
        ..waits(new("c", 5))
    };
    assert_eq!(whole, [ended]);
    // The end of a page may be forgotten before the next page is asked for.
    assert_eq!(store.prune_approvals(8).await.unwrap(), 2);
    assert_eq!(page(Some("d"), 9).await, [""; 0]);
    assert_eq!(page(None, 9).await, ["b", "c"]);
}

async fn the_first_end_counts(store: &impl Store) {
    for first in Outcome::ALL {
        for second in Outcome::ALL {
            let id = format!("{}-{}", first.as_str(), second.as_str());
            ask(store, &id, 5).await;
            let ended = Approval {
                ending: Some(decided(first, 6)),
                ..waits(new(&id, 5))
            };
            let now = end(store, &id, first, 6).await;
            assert_eq!(now, Settled::Now(Box::new(ended.clone())));
            let again = end(store, &id, second, 7).await;
            assert_eq!(again, Settled::Before(Box::new(ended.clone())));
            assert_eq!(store.approval(&id).await.unwrap(), Some(ended));
        }
    }
    assert_eq!(store.open_approvals().await.unwrap(), []);
}

async fn a_decision_after_the_time_does_not_count(store: &impl Store) {
    for late in [Outcome::AllowOnce, Outcome::AllowAlways, Outcome::Deny] {
        let id = late.as_str();
        ask(store, id, 5).await;
        assert_eq!(end(store, id, late, 105).await, Settled::Late);
        assert_eq!(outcome(store, id).await, None, "it still waits");
        let in_time = end(store, id, late, 104).await;
        assert!(matches!(in_time, Settled::Now(_)), "{in_time:?}");
    }
    ask(store, "a", 5).await;
    let over = end(store, "a", Outcome::Expired, 200).await;
    assert!(matches!(over, Settled::Now(_)), "{over:?}");
}

async fn nobody_decides_what_was_not_asked(store: &impl Store) {
    let unknown = end(store, "a", Outcome::AllowOnce, 5).await;
    assert_eq!(unknown, Settled::Unknown);
    ask(store, "a", 5).await;
    let nobody = Ending {
        by: None,
        ..decided(Outcome::AllowOnce, 6)
    };
    assert!(store.settle_approval("a", nobody, None).await.is_err());
    let somebody = Ending {
        by: Some("owner".into()),
        ..decided(Outcome::Expired, 6)
    };
    assert!(store.settle_approval("a", somebody, None).await.is_err());
    assert_eq!(outcome(store, "a").await, None);
}

async fn an_approval_is_spent_once_and_for_its_subject_alone(store: &impl Store) {
    let hash = Matter::from(subject("/bin/tool")).hash();
    let other = Matter::from(subject("/bin/other")).hash();
    for yes in [Outcome::AllowOnce, Outcome::AllowAlways] {
        let id = yes.as_str();
        ask(store, id, 5).await;
        let spend = async |hash, now_ms| store.spend_approval(id, hash, now_ms).await.unwrap();
        assert!(!spend(hash, 6).await, "not decided");
        end(store, id, yes, 6).await;
        assert!(!spend(other, 7).await, "for something else");
        assert!(spend(hash, 8).await);
        assert!(!spend(hash, 9).await, "it is spent");
        let found = store.approval(id).await.unwrap().unwrap();
        assert_eq!(found.spent_at_ms, Some(8));
    }
    assert!(!store.spend_approval("other", hash, 9).await.unwrap());
}

async fn only_a_yes_is_spent(store: &impl Store) {
    let hash = Matter::from(subject("/bin/tool")).hash();
    for no in [Outcome::Deny, Outcome::Expired, Outcome::Withdrawn] {
        ask(store, no.as_str(), 5).await;
        end(store, no.as_str(), no, 6).await;
        let spent = store.spend_approval(no.as_str(), hash, 7).await.unwrap();
        assert!(!spent, "{no:?}");
    }
}

async fn what_waits_expires_when_it_is_due(store: &impl Store) {
    for (id, at_ms) in [("a", 5), ("b", 6), ("c", 7), ("ended", 5)] {
        ask(store, id, at_ms).await;
    }
    end(store, "ended", Outcome::AllowOnce, 6).await;
    assert_eq!(store.expire_approvals(106, 110).await.unwrap(), 2);
    let ends: Vec<_> = [("a", Some(Outcome::Expired)), ("b", Some(Outcome::Expired))]
        .into_iter()
        .chain([("c", None), ("ended", Some(Outcome::AllowOnce))])
        .collect();
    for (id, expected) in ends {
        assert_eq!(outcome(store, id).await, expected, "{id}");
    }
    let found = store.approval("a").await.unwrap().unwrap();
    assert_eq!(found.ending, Some(decided(Outcome::Expired, 110)));
    assert_eq!(store.expire_approvals(u64::MAX, 111).await.unwrap(), 1);
    assert_eq!(store.open_approvals().await.unwrap(), []);
}

async fn what_ended_long_ago_is_forgotten(store: &impl Store) {
    for (id, at_ms) in [("a", 5), ("b", 6), ("waits", 1)] {
        ask(store, id, at_ms).await;
    }
    end(store, "a", Outcome::Deny, 10).await;
    end(store, "b", Outcome::Expired, 11).await;
    assert_eq!(store.prune_approvals(11).await.unwrap(), 1);
    assert_eq!(store.approval("a").await.unwrap(), None);
    assert_eq!(store.prune_approvals(u64::MAX).await.unwrap(), 1);
    assert_eq!(outcome(store, "waits").await, None);
}

async fn rules_are_set_in_place_of_those_that_are_named(store: &impl Store) {
    assert_eq!(store.exec_rules().await.unwrap(), None);
    let set = async |base, name| store.set_exec_rules(rules(base, name)).await.unwrap();
    assert!(!set(Some("a"), "b").await, "there are none");
    assert_eq!(store.exec_rules().await.unwrap(), None);
    assert!(set(None, "a").await);
    assert!(!set(None, "b").await, "there are some");
    assert!(!set(Some("b"), "b").await, "there are others");
    let there = store.exec_rules().await.unwrap();
    assert_eq!(there, Some(rules(None, "a").rules));
    assert!(set(Some("a"), "b").await);
    assert!(set(Some("b"), "b").await, "the same again");
    let there = store.exec_rules().await.unwrap();
    assert_eq!(there, Some(rules(None, "b").rules));
}

async fn a_decision_and_its_rules_are_one(store: &impl Store) {
    ask(store, "a", 5).await;
    let always = || decided(Outcome::AllowAlways, 6);
    let wrong = store.settle_approval("a", always(), Some(rules(Some("x"), "a")));
    assert_eq!(wrong.await.unwrap(), Settled::OtherRules);
    assert_eq!(outcome(store, "a").await, None, "it still waits");
    assert_eq!(store.exec_rules().await.unwrap(), None);
    let late = decided(Outcome::AllowAlways, 105);
    let late = store.settle_approval("a", late, Some(rules(None, "a")));
    assert_eq!(late.await.unwrap(), Settled::Late);
    assert_eq!(store.exec_rules().await.unwrap(), None);
    let right = store.settle_approval("a", always(), Some(rules(None, "a")));
    assert!(matches!(right.await.unwrap(), Settled::Now(_)));
    let there = store.exec_rules().await.unwrap();
    assert_eq!(there, Some(rules(None, "a").rules));
    let again = store.settle_approval("a", always(), Some(rules(Some("a"), "b")));
    assert!(matches!(again.await.unwrap(), Settled::Before(_)));
    let there = store.exec_rules().await.unwrap();
    assert_eq!(there, Some(rules(None, "a").rules), "nothing was changed");
}

async fn one_of_many_deciders_wins(store: &impl Store) {
    ask(store, "a", 5).await;
    let all = [Outcome::AllowOnce, Outcome::Deny, Outcome::Expired];
    let (one, two, three) = tokio::join!(
        end(store, "a", all[0], 6),
        end(store, "a", all[1], 6),
        end(store, "a", all[2], 6)
    );
    let ends = [one, two, three];
    let winners: Vec<_> = ends
        .iter()
        .zip(all)
        .filter(|(settled, _)| matches!(settled, Settled::Now(_)))
        .collect();
    assert_eq!(winners.len(), 1, "{ends:?}");
    assert_eq!(outcome(store, "a").await, Some(winners[0].1));
}
