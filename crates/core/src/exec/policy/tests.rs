use proptest::prelude::*;

use super::*;
use crate::exec::sample::subject;

fn policy(security: Security, ask: Ask) -> Policy {
    let entry = Entry::remember(&subject("ls -l"), "one".into(), 0).unwrap();
    Policy {
        security,
        ask,
        ask_fallback: Security::Deny,
        allowlist: vec![entry],
    }
}

#[test]
fn the_whole_table() {
    use Ask::{Always, Off, OnMiss};
    use Security::{Allowlist, Deny, Full};
    let unlisted = Reason::NotListed;
    let refused = |reason| Verdict::Refuse(Refusal::Unapproved(reason));
    let denied = Verdict::Refuse(Refusal::Denied);
    let always = Verdict::Ask(Reason::Always);
    for (security, ask, listed, other) in [
        (Deny, Off, denied.clone(), denied.clone()),
        (Deny, OnMiss, denied.clone(), denied.clone()),
        (Deny, Always, denied.clone(), denied),
        (Allowlist, Off, Verdict::Run, refused(unlisted)),
        (Allowlist, OnMiss, Verdict::Run, Verdict::Ask(unlisted)),
        (Allowlist, Always, always.clone(), always.clone()),
        (Full, Off, Verdict::Run, Verdict::Run),
        (Full, OnMiss, Verdict::Run, Verdict::Run),
        (Full, Always, always.clone(), always),
    ] {
        let policy = policy(security, ask);
        assert_eq!(
            policy.decide(&subject("ls -l")),
            listed,
            "{security:?} {ask:?}"
        );
        assert_eq!(
            policy.decide(&subject("wc x")),
            other,
            "{security:?} {ask:?}"
        );
    }
}

#[test]
fn reasons() {
    let policy = policy(Security::Allowlist, Ask::OnMiss);
    assert_eq!(
        policy.decide(&subject("ls -a")),
        Verdict::Ask(Reason::OtherCall)
    );
    assert_eq!(
        policy.decide(&subject("bash -c ls")),
        Verdict::Ask(Reason::Risky(Risk::Shell))
    );
}

#[test]
fn the_default_asks_about_everything() {
    assert_eq!(
        Policy::default().decide(&subject("ls -l")),
        Verdict::Ask(Reason::NotListed)
    );
    assert!(matches!(
        Policy::default().unanswered(&subject("ls -l")),
        Verdict::Refuse(_)
    ));
}

#[test]
fn no_answer_allows_what_is_listed_at_most() {
    let mut asked = policy(Security::Full, Ask::Always);
    assert!(matches!(
        asked.unanswered(&subject("ls -l")),
        Verdict::Refuse(_)
    ));
    for fallback in [Security::Allowlist, Security::Full] {
        asked.ask_fallback = fallback;
        assert_eq!(asked.unanswered(&subject("ls -l")), Verdict::Run);
        assert!(matches!(
            asked.unanswered(&subject("wc x")),
            Verdict::Refuse(_)
        ));
    }
    asked.security = Security::Deny;
    assert!(matches!(
        asked.unanswered(&subject("ls -l")),
        Verdict::Refuse(_)
    ));
}

#[test]
fn a_flaw_is_refused_under_every_policy() {
    let mut flawed = subject("ls -l");
    flawed.environment.insert("LD_PRELOAD".into(), "x".into());
    for security in [Security::Allowlist, Security::Full] {
        assert!(matches!(
            policy(security, Ask::Off).decide(&flawed),
            Verdict::Refuse(Refusal::Flawed(_))
        ));
    }
}

fn securities() -> impl Strategy<Value = Security> {
    prop_oneof![
        Just(Security::Deny),
        Just(Security::Allowlist),
        Just(Security::Full)
    ]
}

fn asks() -> impl Strategy<Value = Ask> {
    prop_oneof![Just(Ask::Always), Just(Ask::OnMiss), Just(Ask::Off)]
}

proptest! {
    #[test]
    fn silence_never_lets_more_run_than_its_entries(
        security in securities(), ask in asks(), fallback in securities(),
        line in prop_oneof![Just("ls -l"), Just("ls"), Just("bash -c ls"), Just("wc x")],
    ) {
        let policy = Policy { ask_fallback: fallback, ..policy(security, ask) };
        let subject = subject(line);
        match policy.unanswered(&subject) {
            Verdict::Run => prop_assert!(policy.listed(&subject).is_ok() && security != Security::Deny),
            Verdict::Ask(_) => prop_assert!(false, "nobody is asked again"),
            Verdict::Refuse(_) => {}
        }
    }
}
