//! The recordings of the January server, replayed against the real binary. What differs stands
//! in `testkit/recordings/differences.jsonl`, each line with its reason and the paper that
//! allows it.

use std::io;
use std::path::Path;

use tidegate_testkit::replay::{NAMES, Recording, Report, capture, compare, judge, load};

/// Plays a recording and compares.
async fn replayed(name: &str) -> io::Result<Report> {
    let all = NAMES
        .iter()
        .map(|name| Recording::load(name))
        .collect::<io::Result<Vec<_>>>()?;
    let recording = Recording::load(name)?;
    let session = capture(&recording, Path::new(env!("CARGO_BIN_EXE_tidegate"))).await?;
    Ok(compare(&recording, &session, &all))
}

/// The recording differs as the list says, and without any one of its lines it is red.
async fn holds(name: &str) -> io::Result<()> {
    let report = replayed(name).await?;
    println!("{name}: {report}");
    let list = load()?;
    if let Err(verdict) = judge(name, &report.findings, &list) {
        return Err(io::Error::other(format!("{name}\n{verdict}")));
    }
    for left_out in list.iter().filter(|difference| difference.is_in(name)) {
        let shorter: Vec<_> = list
            .iter()
            .filter(|other| *other != left_out)
            .cloned()
            .collect();
        let verdict = judge(name, &report.findings, &shorter)
            .err()
            .unwrap_or_default();
        let [named] = verdict.unlisted.as_slice() else {
            return Err(io::Error::other(format!(
                "{name} without {left_out:?}\n{verdict}"
            )));
        };
        assert!(
            left_out.allows(named) && verdict.unused.is_empty(),
            "{left_out:?}\n{verdict}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn cli_is_as_recorded() -> io::Result<()> {
    holds("cli").await
}

#[tokio::test(flavor = "multi_thread")]
async fn handshake_errors_are_as_recorded() -> io::Result<()> {
    holds("handshake-errors").await
}

#[tokio::test(flavor = "multi_thread")]
async fn device_pairing_is_as_recorded() -> io::Result<()> {
    holds("device-pairing").await
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_are_as_recorded() -> io::Result<()> {
    holds("nodes").await
}

#[tokio::test(flavor = "multi_thread")]
async fn agent_chat_is_as_recorded() -> io::Result<()> {
    holds("agent-chat").await
}
