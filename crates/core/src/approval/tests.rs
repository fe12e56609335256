use std::collections::BTreeMap;

use tidegate_protocol::DeviceId;

use super::*;
use crate::channel::AccountKey;
use crate::exec::{Ask, Policy, Reason, Refusal, Security, Verdict};
use crate::principal::ScopeSet;

fn question(asker: Asker) -> Question {
    Question {
        matter: Matter::Words(Box::default()),
        asker,
        why: None,
        agent: None,
        session_key: None,
        run_id: None,
    }
}

fn who(id: PrincipalId, scopes: &[Scope]) -> Principal {
    Principal {
        id,
        role: Role::Operator,
        scopes: scopes.iter().copied().collect(),
    }
}

fn device(name: &str) -> PrincipalId {
    PrincipalId::Device(DeviceId::new(name))
}

fn sender() -> PrincipalId {
    PrincipalId::Sender {
        account: AccountKey::new("net", "default"),
        id: "7".into(),
    }
}

/// Every scope alone, and all of them, for every kind of principal, against the rule in words.
#[test]
fn the_right_is_needed_and_a_chat_decides_only_for_its_owner() {
    let ids = [
        PrincipalId::Owner,
        device("a"),
        PrincipalId::Guest,
        sender(),
    ];
    let mut sets: Vec<ScopeSet> = Scope::ALL
        .into_iter()
        .map(|scope| [scope].into_iter().collect())
        .collect();
    sets.extend([ScopeSet::EMPTY, ScopeSet::all()]);
    for id in ids {
        for scopes in &sets {
            let caller = Principal {
                id: id.clone(),
                role: Role::Operator,
                scopes: *scopes,
            };
            let has = |scope| scopes.contains(scope);
            let right = has(Scope::Approvals) || has(Scope::Admin);
            let expected = right
                && match id {
                    PrincipalId::Guest => false,
                    PrincipalId::Sender { .. } => has(Scope::Admin),
                    PrincipalId::Owner | PrincipalId::Device(_) => true,
                };
            let said = question(Asker::Run).may_be_decided_by(&caller, None);
            assert_eq!(said.is_ok(), expected, "{id:?} {scopes:?}");
            let node = Principal {
                role: Role::Node,
                ..caller
            };
            let said = question(Asker::Run).may_be_decided_by(&node, None);
            assert_eq!(said, Err(MayNotDecide::Scope), "a node decides nothing");
        }
    }
}

#[test]
fn whoever_asks_does_not_decide() {
    let (one, other) = (ConnId::new("one"), ConnId::new("other"));
    let asked = |principal: &PrincipalId| {
        question(Asker::Client {
            principal: principal.storage_key(),
            connection: one.clone(),
        })
    };
    let scopes = [Scope::Approvals];
    for id in [PrincipalId::Owner, device("a")] {
        let said = asked(&id).may_be_decided_by(&who(id.clone(), &scopes), Some(&one));
        assert_eq!(said, Err(MayNotDecide::Asker), "{id:?}");
    }
    let by_a = asked(&device("a"));
    let elsewhere = by_a.may_be_decided_by(&who(device("a"), &scopes), Some(&other));
    assert_eq!(elsewhere, Err(MayNotDecide::Asker), "a second connection");
    let others = [device("b"), PrincipalId::Owner];
    for id in others {
        assert_eq!(
            by_a.may_be_decided_by(&who(id, &scopes), Some(&other)),
            Ok(())
        );
    }
    let by_owner = asked(&PrincipalId::Owner);
    let owner = who(PrincipalId::Owner, &scopes);
    assert_eq!(by_owner.may_be_decided_by(&owner, Some(&other)), Ok(()));
}

#[test]
fn words_of_outcomes_are_read_back() {
    for outcome in Outcome::ALL {
        assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
        let decided = outcome.decision().map(Outcome::from);
        assert_eq!(decided.unwrap_or(outcome), outcome);
        let yes = matches!(
            outcome.decision(),
            Some(Decision::AllowOnce | Decision::AllowAlways)
        );
        assert_eq!(outcome.allows(), yes);
    }
    for other in ["", "allow", "Allow-once", "allow-once "] {
        assert_eq!(Outcome::parse(other), None, "{other}");
    }
}

#[test]
fn words_are_told_apart_by_every_field() {
    let whole = Words {
        command: "ls -l".into(),
        argv: Some(vec!["ls".into(), "-l".into()]),
        cwd: Some("/tmp".into()),
        environment: BTreeMap::from([("A".into(), "b".into())]),
        host: Some("node".into()),
        node_id: Some("n".into()),
        security: Some("full".into()),
        ask: Some("off".into()),
        resolved_path: Some("/bin/ls".into()),
    };
    let one = |change: fn(&mut Words)| {
        let mut words = whole.clone();
        change(&mut words);
        Matter::from(words).hash()
    };
    let changes: [fn(&mut Words); 11] = [
        |_| {},
        |words| words.command.push(' '),
        |words| words.argv = None,
        |words| words.argv = Some(vec!["ls -l".into()]),
        |words| words.cwd = None,
        |words| words.environment.clear(),
        |words| words.host = None,
        |words| words.node_id = Some("m".into()),
        |words| words.security = None,
        |words| words.ask = Some("always".into()),
        |words| words.resolved_path = None,
    ];
    let hashes: std::collections::BTreeSet<_> = changes.into_iter().map(one).collect();
    assert_eq!(hashes.len(), changes.len());
}

#[test]
fn what_was_not_looked_at_is_in_no_allowlist() {
    let words = Matter::from(Words::default());
    for security in [Security::Deny, Security::Allowlist, Security::Full] {
        for ask in [Ask::Always, Ask::OnMiss, Ask::Off] {
            let policy = Policy {
                security,
                ask,
                ..Policy::default()
            };
            let expected = match (security, ask) {
                (Security::Deny, _) => Verdict::Refuse(Refusal::Denied),
                (Security::Full, Ask::OnMiss | Ask::Off) => Verdict::Run,
                (_, Ask::Always) => Verdict::Ask(Reason::Always),
                (_, Ask::OnMiss) => Verdict::Ask(Reason::NotListed),
                (_, Ask::Off) => Verdict::Refuse(Refusal::Unapproved(Reason::NotListed)),
            };
            assert_eq!(words.judge(&policy), expected, "{security:?} {ask:?}");
        }
    }
}
