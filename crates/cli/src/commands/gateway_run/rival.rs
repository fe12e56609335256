//! Another gateway has our state directory: who it is, and what to do about it.

use std::fmt::Write as _;
use std::path::Path;

use crate::exit::Exit;
use crate::force;
use crate::lock::{Holder, LockError};
use crate::output::Failure;

/// From the port of the one that runs to the port that is proposed for a second one.
const BESIDE: u16 = 10;
/// Proposed where the one that runs does not say its port.
const SECOND_PORT: u16 = 18_799;

/// Why there is no lock, with what to do.
pub(super) fn refused(why: LockError) -> anyhow::Error {
    match why {
        LockError::Held {
            ref state_dir,
            holder,
        } => at_work(state_dir, holder).into(),
        other @ LockError::Io { .. } => other.into(),
    }
}

/// A gateway works with this state directory: another port is of no use.
pub(super) fn at_work(state_dir: &Path, holder: Option<Holder>) -> Failure {
    let mut who = String::new();
    let mut stop = String::new();
    let mut port = SECOND_PORT;
    if let Some(holder) = holder {
        who = format!(" (process {}", holder.pid);
        if let Some(its) = holder.port {
            let _ = write!(who, ", port {its}");
            port = its.checked_add(BESIDE).unwrap_or(SECOND_PORT);
        }
        who.push(')');
        let end = force::supervisor(holder.pid).unwrap_or_else(|| format!("kill {}", holder.pid));
        stop = format!("stop it: {end}; ");
    }
    let what = format!(
        "a gateway is at work already with the state directory {}{who}",
        state_dir.display()
    );
    Failure::new(Exit::Config, what).next(format!(
        "talk to it: `tidegate health`; {stop}\
         or run a second one beside it: `tidegate gateway --profile NAME --port {port}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_gateway_is_named_with_what_to_do() {
        let pid = i32::try_from(std::process::id()).unwrap();
        let said = |port| at_work(Path::new("/state"), Some(Holder { pid, port }));
        let known = said(Some(19_000));
        assert_eq!(known.exit, Exit::Config);
        assert!(
            known
                .what
                .ends_with(&format!("/state (process {pid}, port 19000)"))
        );
        let next = known.next.unwrap();
        for words in [
            "`tidegate health`",
            &format!("kill {pid}"),
            "--profile NAME --port 19010",
        ] {
            assert!(next.contains(words), "{words}: {next}");
        }
        assert!(said(None).what.ends_with(&format!("(process {pid})")));
        let nobody = at_work(Path::new("/state"), None);
        assert!(nobody.what.ends_with("/state") && !nobody.next.unwrap().contains("kill"));
    }
}
