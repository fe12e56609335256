//! The corpus of attempts to get past an allowlist (`exec/bypass.jsonl`). Each line has an
//! attempt, where it comes from, and the harmless call whose "allow always" it tries to use.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tidegate_core::exec::{
    Ask, ContentHash, Directory, Entry, Input, Interpreter, Pinned, Place, Policy, Security,
    Subject, Verdict,
};

/// Least lines of the corpus (the figure).
const ATTEMPTS_MIN: usize = 150;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attempt {
    from: String,
    harmless: Vec<String>,
    argv: Vec<String>,
    executable: Option<String>,
    hash: Option<String>,
    cwd: Option<String>,
    interpreter: Option<String>,
    input: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

fn corpus() -> Vec<Attempt> {
    include_str!("exec/bypass.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn content(byte: u8) -> ContentHash {
    ContentHash::from_bytes([byte; 32])
}

fn pinned(path: &str) -> Pinned {
    Pinned {
        path: path.to_owned(),
        sha256: content(1),
    }
}

/// The subject that a machine would make of plain arguments.
fn subject(argv: &[String]) -> Subject {
    let file = argv
        .first()
        .and_then(|name| name.rsplit('/').next())
        .unwrap_or_default();
    Subject {
        argv: argv.to_vec(),
        executable: pinned(&format!("/usr/bin/{file}")),
        interpreter: None,
        arguments: Vec::new(),
        cwd: Directory {
            path: "/srv/app".into(),
            device: 1,
            inode: 2,
        },
        environment: BTreeMap::new(),
        input: Input::None,
        place: Place::Gateway,
        user: 1000,
    }
}

impl Attempt {
    fn harmless(&self) -> Subject {
        let mut subject = subject(&self.harmless);
        if self
            .harmless
            .first()
            .is_some_and(|name| name.starts_with("./"))
        {
            subject.executable.path = subject.executable.path.replace("/usr/bin", "/srv/app");
            let file = pinned("/usr/bin/dash");
            subject.interpreter = Some(Interpreter {
                file,
                name: "/bin/sh".into(),
                argument: None,
            });
        }
        subject
    }

    fn subject(&self) -> Subject {
        let mut wanted = subject(&self.argv);
        wanted.interpreter = self.harmless().interpreter;
        if let Some(path) = &self.executable {
            wanted.executable.path.clone_from(path);
        }
        if self.hash.is_some() {
            wanted.executable.sha256 = content(2);
        }
        if let Some(path) = &self.cwd {
            wanted.cwd = Directory {
                path: path.clone(),
                device: 1,
                inode: 3,
            };
        }
        if let (Some(path), Some(reader)) = (&self.interpreter, &mut wanted.interpreter) {
            reader.file.path.clone_from(path);
        }
        wanted.input = match self.input.as_deref() {
            Some("open") => Input::Open,
            Some(_) => Input::Bytes(content(3)),
            None => Input::None,
        };
        wanted.environment.clone_from(&self.env);
        wanted
    }
}

/// Entries that look as if they allowed everything, as other members of the family write them, and
/// as somebody may write ours by hand.
fn broad(attempt: &Attempt) -> Vec<Entry> {
    let path = attempt.subject().executable.path;
    let hash = content(1).to_string();
    let sha256 = attempt.subject().executable.sha256.to_string();
    [
        serde_json::json!({"pattern": "*"}),
        serde_json::json!({"pattern": "**"}),
        serde_json::json!({"pattern": "/**", "id": "1", "lastUsedAt": 1}),
        serde_json::json!({"pattern": path}),
        serde_json::json!({"pattern": path, "argPattern": ".*"}),
        serde_json::json!({"pattern": path, "sha256": sha256}),
        serde_json::json!({"pattern": path, "sha256": sha256, "argv": ["*"], "cwd": "*"}),
        serde_json::json!({"pattern": "*", "sha256": "*", "argv": attempt.argv, "cwd": "/srv/app"}),
        serde_json::json!({"pattern": "/usr/bin/*", "sha256": hash, "argv": attempt.argv, "cwd": "/srv/app"}),
        serde_json::json!({"pattern": path, "lastUsedCommand": attempt.argv.join(" ")}),
    ]
    .into_iter()
    .map(|entry| serde_json::from_value(entry).unwrap())
    .collect()
}

/// The entry for the harmless call: as "allow always" makes it, or by hand where it makes none.
fn harmless_entry(attempt: &Attempt) -> Entry {
    let harmless = attempt.harmless();
    Entry::remember(&harmless, "1".into(), 0).unwrap_or_else(|_| {
        let entry = serde_json::json!({
            "pattern": harmless.executable.path,
            "sha256": harmless.executable.sha256,
            "argv": harmless.argv,
            "cwd": harmless.cwd.path,
        });
        serde_json::from_value(entry).unwrap()
    })
}

fn with(allowlist: Vec<Entry>, ask: Ask) -> Policy {
    Policy {
        security: Security::Allowlist,
        ask,
        ask_fallback: Security::Full,
        allowlist,
    }
}

#[test]
fn the_corpus_is_large_and_each_line_once() {
    let corpus = corpus();
    let lines: BTreeSet<String> = corpus
        .iter()
        .map(|a| {
            format!(
                "{:?}{:?}{:?}{:?}{:?}{:?}{:?}",
                a.argv, a.executable, a.hash, a.cwd, a.env, a.input, a.interpreter
            )
        })
        .collect();
    assert_eq!(lines.len(), corpus.len());
    assert!(corpus.len() >= ATTEMPTS_MIN, "{}", corpus.len());
    assert!(corpus.iter().all(|attempt| !attempt.from.is_empty()));
}

#[test]
fn no_attempt_runs() {
    for attempt in corpus() {
        let subject = attempt.subject();
        let mut entries = vec![harmless_entry(&attempt)];
        for round in ["the harmless call", "and broad entries"] {
            for ask in [Ask::OnMiss, Ask::Off, Ask::Always] {
                let policy = with(entries.clone(), ask);
                assert_ne!(
                    policy.decide(&subject),
                    Verdict::Run,
                    "{round}, {ask:?}: {attempt:?}"
                );
                assert_ne!(
                    policy.unanswered(&subject),
                    Verdict::Run,
                    "{round}: {attempt:?}"
                );
            }
            entries.extend(broad(&attempt));
        }
    }
}

#[test]
fn the_harmless_calls_do_run_where_they_can_be_remembered() {
    // Else "no attempt runs" would say nothing.
    let mut running = 0;
    for attempt in corpus() {
        let harmless = attempt.harmless();
        if let Ok(entry) = Entry::remember(&harmless, "1".into(), 0) {
            let policy = with(vec![entry], Ask::Off);
            assert_eq!(policy.decide(&harmless), Verdict::Run, "{attempt:?}");
            running += 1;
        }
    }
    assert!(running >= 60, "{running}");
}

#[test]
fn wrappers_shells_and_interpreters_are_never_remembered() {
    for line in [
        "sh -c ls",
        "bash x.sh",
        "python3 x.py",
        "env ls",
        "sudo ls",
        "xargs ls",
        "busybox ls",
        "find . -exec ls",
        "ssh host ls",
        "git status",
        "make",
        "nice ls",
        "timeout 5 ls",
    ] {
        let argv: Vec<String> = line.split(' ').map(str::to_owned).collect();
        assert!(
            Entry::remember(&subject(&argv), "1".into(), 0).is_err(),
            "{line}"
        );
    }
}
