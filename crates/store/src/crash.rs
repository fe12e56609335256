//! For tests of crashes, in debug builds only: every commit has a name and two sides, and the
//! process can be made to kill itself there.
//!
//! The name of a commit is the sorted set of its verbs, joined with `+`; the side is `before` or
//! `after` COMMIT (still before anybody has an answer).
//! `TIDEGATE_TEST_KILL_AT=finish:before` kills at the first commit of that name, or with that verb
//! in it; `TIDEGATE_TEST_COMMIT_LOG=<file>` appends each point that is passed as a line.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::OnceLock;

/// Which side of COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Nothing is on disk yet.
    Before,
    /// Everything is on disk, nobody knows yet.
    After,
}

struct Plan {
    kill_at: Option<(String, Side)>,
    log: Option<std::path::PathBuf>,
}

fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| Plan {
        kill_at: std::env::var("TIDEGATE_TEST_KILL_AT")
            .ok()
            .and_then(|text| parse(&text)),
        log: std::env::var_os("TIDEGATE_TEST_COMMIT_LOG").map(Into::into),
    })
}

fn parse(text: &str) -> Option<(String, Side)> {
    let (name, side) = text.rsplit_once(':')?;
    let side = match side {
        "before" => Side::Before,
        "after" => Side::After,
        _ => return None,
    };
    Some((name.to_owned(), side))
}

/// Passes a side of a commit.
pub(crate) fn point(verbs: &BTreeSet<&'static str>, side: Side) {
    let plan = plan();
    if plan.kill_at.is_none() && plan.log.is_none() {
        return;
    }
    let name = verbs.iter().copied().collect::<Vec<_>>().join("+");
    if let Some(log) = &plan.log {
        let word = if side == Side::Before {
            "before"
        } else {
            "after"
        };
        let file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(log);
        if let Err(error) =
            file.and_then(|mut file| file.write_all(format!("{name}:{word}\n").as_bytes()))
        {
            tracing::error!(%error, "the log of commits cannot be written");
        }
    }
    if let Some((at, kill_side)) = &plan.kill_at
        && *kill_side == side
        && (*at == name || verbs.contains(at.as_str()))
    {
        let killed =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        tracing::error!(?killed, "the process lives on after SIGKILL");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read() {
        assert_eq!(
            parse("finish:before"),
            Some(("finish".into(), Side::Before))
        );
        assert_eq!(parse("a+b:after"), Some(("a+b".into(), Side::After)));
        assert_eq!(parse("finish"), None);
        assert_eq!(parse("finish:never"), None);
    }
}
