//! What a child finds in its environment.

use std::collections::BTreeMap;

use tidegate_core::exec::{Flaw, SEARCH_PATH};
use tidegate_exec::{ExecError, LookError, Request};

use crate::rig::Rig;

const DANGEROUS: &str = include_str!("../../../core/tests/exec/dangerous.txt");

fn dangerous() -> impl Iterator<Item = &'static str> {
    DANGEROUS
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The child's variables; `env` prints one in a line.
async fn child(rig: &Rig) -> BTreeMap<String, String> {
    let text = rig.run(&["env"]).await.stdout.text();
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    };
    text.lines().map(pair).collect()
}

#[tokio::test]
async fn it_is_the_list_and_no_more() {
    let rig = Rig::new();
    let child = child(&rig).await;
    assert_eq!(child["PATH"], SEARCH_PATH);
    // Cargo has set many for us, and the child has none of them.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let ours = [
        "HOME",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "LC_MESSAGES",
        "LOGNAME",
        "TZ",
        "USER",
    ];
    for name in child.keys() {
        let known = ["PATH", "TERM", "TIDEGATE_EXEC", "X1_MARK"].contains(&&**name);
        assert!(known || ours.contains(&&**name), "{name}");
    }
}

#[tokio::test]
async fn no_dangerous_name_reaches_a_child() {
    let rig = Rig::new();
    let names: Vec<String> = dangerous()
        .flat_map(|name| [name.to_owned(), name.to_lowercase()])
        .collect();
    assert!(names.len() >= 160);
    let before = child(&rig).await;
    for name in &names {
        let mut request = rig.request(&["env"]);
        request.environment.insert(name.clone(), "canary".into());
        let looked = rig.executor.look(Request { ..request }).await;
        assert!(
            matches!(looked, Err(LookError::Flawed(Flaw::Environment(_)))),
            "{name}"
        );
        // Nor if a subject that was never looked at brings it.
        let mut subject = rig.look(&["env"]).await;
        subject.environment.insert(name.clone(), "canary".into());
        assert!(
            matches!(rig.run_subject(&subject).await, Err(ExecError::Flawed(_))),
            "{name}"
        );
    }
    assert_eq!(
        child(&rig).await.keys().collect::<Vec<_>>(),
        before.keys().collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn an_addition_cannot_bring_another() {
    let rig = Rig::new();
    for (name, value) in [
        ("A=B\nLD_PRELOAD", "x"),
        ("A", "B\nLD_PRELOAD=x"),
        ("A", "B\0C=D"),
    ] {
        let mut request = rig.request(&["env"]);
        request.environment.insert(name.into(), value.into());
        assert!(rig.executor.look(request).await.is_err(), "{name:?}");
    }
}
