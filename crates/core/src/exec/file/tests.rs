use super::*;
use crate::exec::sample::subject;
use crate::exec::{Reason, Verdict};

/// As a member of the family writes it.
const FOREIGN: &str = r#"{
  "version": 1,
  "socket": {"path": "~/.x/exec-approvals.sock", "token": "top-secret"},
  "defaults": {"security": "deny", "ask": "on-miss", "askFallback": "deny", "autoAllowSkills": false},
  "agents": {
    "main": {
      "security": "allowlist", "ask": "always", "autoAllowSkills": true,
      "allowlist": [{"id": "B0C8C0B3", "pattern": "~/Projects/**/bin/rg", "lastUsedAt": 1737150000000,
                     "lastUsedCommand": "rg -n TODO", "lastResolvedPath": "/x/bin/rg"}]
    },
    "*": {"ask": "off", "allowlist": [{"pattern": "/usr/bin/*"}], "later": 1}
  },
  "someday": {"a": 1}
}"#;

fn foreign() -> ApprovalsFile {
    serde_json::from_str(FOREIGN).unwrap()
}

#[test]
fn a_foreign_file_is_kept_whole() {
    let value: Value = serde_json::from_str(FOREIGN).unwrap();
    assert_eq!(serde_json::to_value(foreign()).unwrap(), value);
}

#[test]
fn rules_are_inherited() {
    let file = foreign();
    let main = file.policy("main");
    assert_eq!(
        (main.security, main.ask),
        (Security::Allowlist, Ask::Always)
    );
    assert_eq!(main.allowlist.len(), 2);
    let other = file.policy("other");
    assert_eq!((other.security, other.ask), (Security::Deny, Ask::Off));
    assert_eq!(other.allowlist.len(), 1);
    assert_eq!(ApprovalsFile::default().policy("main"), Policy::default());
}

#[test]
fn a_glob_of_the_family_only_changes_the_question() {
    let mut file = foreign();
    file.agents.get_mut("main").unwrap().rules.ask = Some(Ask::OnMiss);
    assert_eq!(
        file.policy("main").decide(&subject("ls -l")),
        Verdict::Ask(Reason::OtherCall)
    );
}

#[test]
fn the_secret_is_not_shown_and_not_lost() {
    let file = foreign();
    let shown = file.shown();
    assert!(
        !serde_json::to_string(&shown)
            .unwrap()
            .contains("top-secret")
    );
    assert!(!format!("{file:?}").contains("top-secret"));
    assert_eq!(file.replaced_by(shown), file);
    assert_eq!(
        file.replaced_by(ApprovalsFile::default()).socket,
        file.socket
    );
    let mut new = foreign();
    new.socket.as_mut().unwrap().token = Some("another".into());
    assert_eq!(file.replaced_by(new.clone()), new);
}

#[test]
fn what_is_wrong_is_refused() {
    for bad in [
        "{}",
        r#"{"version":2}"#,
        r#"{"version":1,"defaults":{"security":"all"}}"#,
        r#"{"version":1,"defaults":{"ask":"sometimes"}}"#,
        r#"{"version":1,"agents":{"a":{"allowlist":[{}]}}}"#,
    ] {
        assert!(serde_json::from_str::<ApprovalsFile>(bad).is_err(), "{bad}");
    }
}

#[test]
fn entries_are_bounded() {
    let mut file = ApprovalsFile::default();
    for number in 0..=ENTRIES_MAX {
        let entry = Entry::remember(&subject("ls -l"), number.to_string(), 0).unwrap();
        file.allow("main", entry);
    }
    let entries = &file.agents.get("main").unwrap().allowlist;
    assert_eq!(entries.len(), ENTRIES_MAX);
    assert_eq!(entries.first().unwrap().id(), Some("1"));
    let text = serde_json::to_string(&file).unwrap();
    assert_eq!(serde_json::from_str::<ApprovalsFile>(&text).unwrap(), file);
}
