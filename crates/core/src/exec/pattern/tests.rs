use super::*;
use crate::exec::sample::subject;
use crate::exec::{Input, Interpreter};

fn remembered(line: &str) -> Entry {
    Entry::remember(&subject(line), "one".into(), 5).unwrap()
}

#[test]
fn it_allows_exactly_what_it_remembers() {
    let entry = remembered("ls -l");
    assert!(entry.allows(&subject("ls -l")));
    assert!(!entry.allows(&subject("ls -l -a")));
    assert!(!entry.allows(&subject("ls")));
    let changed = |change: fn(&mut Subject)| {
        let mut other = subject("ls -l");
        change(&mut other);
        entry.allows(&other)
    };
    assert!(!changed(
        |s| s.executable.sha256 = ContentHash::from_bytes([8; 32])
    ));
    assert!(!changed(|s| s.executable.path.push('x')));
    assert!(!changed(|s| s.cwd.path.push('x')));
    assert!(!changed(|s| s.input = Input::Open));
    assert!(!changed(|s| drop(
        s.environment.insert("A".into(), "b".into())
    )));
    assert!(
        changed(|s| s.cwd.inode += 1),
        "the directory may have been made again"
    );
}

#[test]
fn a_script_is_remembered_with_its_interpreter() {
    let mut script = subject("job");
    let file = Pinned {
        path: "/usr/bin/dash".into(),
        sha256: ContentHash::from_bytes([1; 32]),
    };
    script.interpreter = Some(Interpreter {
        file,
        name: "/bin/sh".into(),
        argument: None,
    });
    let entry = Entry::remember(&script, "one".into(), 5).unwrap();
    assert!(entry.allows(&script));
    let mut other = script.clone();
    other.interpreter.as_mut().unwrap().file.sha256 = ContentHash::from_bytes([2; 32]);
    assert!(!entry.allows(&other));
    other.interpreter = None;
    assert!(!entry.allows(&other));
    script.interpreter.as_mut().unwrap().argument = Some("-e".into());
    assert!(Entry::remember(&script, "one".into(), 5).is_err());
}

/// `import helper` reads a file beside the script, which no entry pins.
#[test]
fn a_script_that_reads_more_than_itself_is_not_remembered() {
    for path in [
        "/usr/bin/python3.12",
        "/usr/bin/perl",
        "/usr/bin/fish",
        "/usr/bin/env",
    ] {
        let mut script = subject("job");
        script.interpreter = Some(Interpreter {
            file: Pinned {
                path: path.into(),
                sha256: ContentHash::from_bytes([1; 32]),
            },
            name: path.into(),
            argument: None,
        });
        let refused = Entry::remember(&script, "one".into(), 5);
        assert!(matches!(refused, Err(NotRemembered::Risky(_))), "{path}");
    }
}

#[test]
fn foreign_entries_are_kept_and_allow_nothing() {
    let text = r#"{"pattern":"/usr/bin/*","id":"a","lastUsedAt":7,"lastUsedCommand":"ls -l","new":{"x":[1]}}"#;
    let entry: Entry = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&entry).unwrap(), text);
    assert_eq!(
        (entry.id(), entry.pattern(), entry.pin()),
        (Some("a"), "/usr/bin/*", None)
    );
    assert!(entry.names(&subject("ls -l")));
    assert!(!entry.allows(&subject("ls -l")));
    for bad in [
        "{}",
        r#"{"pattern":""}"#,
        r#"{"pattern":1}"#,
        "[]",
        "\"ls\"",
    ] {
        assert!(serde_json::from_str::<Entry>(bad).is_err(), "{bad}");
    }
}

#[test]
fn ours_survives_the_file() {
    let mut entry = remembered("ls -l");
    entry.mark_used(9);
    let text = serde_json::to_string(&entry).unwrap();
    let read: Entry = serde_json::from_str(&text).unwrap();
    assert_eq!(read, entry);
    assert!(read.allows(&subject("ls -l")));
    assert!(text.contains(r#""lastUsedAt":9"#) && text.contains(r#""pattern":"/usr/bin/ls""#));
}

#[test]
fn globs() {
    for (glob, path, matches) in [
        ("*", "/usr/bin/ls", true),
        ("/usr/bin/*", "/usr/bin/ls", true),
        ("/usr/bin/l?", "/usr/bin/ls", true),
        ("/usr/bin/ls", "/usr/bin/ls", true),
        ("/usr/bin/ls", "/usr/bin/lsx", false),
        ("*ls*", "/usr/bin/ls", true),
        ("", "/usr/bin/ls", false),
        ("?", "", false),
    ] {
        assert_eq!(glob_matches(glob, path), matches, "{glob} {path}");
    }
    // Linear in each: this would never end with backtracking.
    assert!(!glob_matches(&"*a".repeat(200), &"a".repeat(199)));
}
