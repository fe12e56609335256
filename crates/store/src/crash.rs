//! For tests of crashes, in debug builds only: every commit has a name and two sides, and the
//! process can be made to kill itself there.
//!
//! The name of a commit is the sorted set of its verbs, joined with `+`; the side is `before` or
//! `after` COMMIT (still before anybody has an answer).
//! `TIDEGATE_TEST_KILL_AT=finish:before` kills at the first commit of that name, or with that verb
//! in it, `finish:before:3` at the third; `TIDEGATE_TEST_COMMIT_LOG=<file>` appends each point that
//! is passed as a line.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Which side of COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Nothing is on disk yet.
    Before,
    /// Everything is on disk, nobody knows yet.
    After,
}

struct Plan {
    kill_at: Option<Target>,
    /// How often the target may still be passed.
    spared: AtomicU32,
    log: Option<std::path::PathBuf>,
}

/// Where to kill: the commit, its side, and how often that was passed, from 1.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    name: String,
    side: Side,
    time: u32,
}

fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let kill_at = std::env::var("TIDEGATE_TEST_KILL_AT").ok();
        let kill_at = kill_at.and_then(|text| parse(&text));
        Plan {
            spared: AtomicU32::new(kill_at.as_ref().map_or(0, |target| target.time - 1)),
            kill_at,
            log: std::env::var_os("TIDEGATE_TEST_COMMIT_LOG").map(Into::into),
        }
    })
}

fn parse(text: &str) -> Option<Target> {
    let mut parts = text.split(':');
    let name = parts.next()?.to_owned();
    let side = match parts.next()? {
        "before" => Side::Before,
        "after" => Side::After,
        _ => return None,
    };
    let time = parts.next().map_or(Some(1), |time| time.parse().ok())?;
    (time > 0 && parts.next().is_none()).then_some(Target { name, side, time })
}

impl Plan {
    /// Whether this is where to kill.
    fn meant(&self, name: &str, verbs: &BTreeSet<&'static str>, side: Side) -> bool {
        let target = self.kill_at.as_ref();
        target.is_some_and(|at| {
            at.side == side && (at.name == name || verbs.contains(at.name.as_str()))
        }) && self
            .spared
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            })
            .is_err()
    }
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
    if plan.meant(&name, verbs, side) {
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
        let target = |name: &str, side, time| {
            Some(Target {
                name: name.into(),
                side,
                time,
            })
        };
        assert_eq!(parse("finish:before"), target("finish", Side::Before, 1));
        assert_eq!(parse("a+b:after:3"), target("a+b", Side::After, 3));
        for wrong in [
            "finish",
            "finish:never",
            "finish:before:0",
            "finish:before:x",
            "a:after:1:1",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_point_may_be_passed_some_times_first() {
        let plan = Plan {
            kill_at: parse("finish:before:3"),
            spared: AtomicU32::new(2),
            log: None,
        };
        let verbs = ["accept", "finish"].into();
        let passed: Vec<_> = (0..4)
            .map(|_| plan.meant("accept+finish", &verbs, Side::Before))
            .collect();
        assert_eq!(passed, [false, false, true, true]);
        assert!(!plan.meant("accept+finish", &verbs, Side::After));
    }
}
