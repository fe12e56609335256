//! Exit codes: what a script, or a supervisor, may conclude.

use std::process::ExitCode;

use tidegate_client::{Error, ErrorKind, Phase};
use tidegate_protocol::ErrorCode;

/// The codes, for `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0    done
  1    failed
  2    wrong usage
  69   the gateway cannot be reached
  75   failed for now: the same command may succeed later
  77   not let in, or not allowed
  78   wrong configuration: starting again will not help
  130  interrupted";

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// The gateway cannot be reached.
    Unreachable = 69,
    /// Failed for now.
    Temporary = 75,
    /// Not let in, or not allowed.
    Denied = 77,
    /// Wrong configuration; a supervisor must not try again.
    Config = 78,
    /// Interrupted by the user.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// The code of a failed conversation with the gateway.
    pub(crate) fn of(error: &Error) -> Self {
        if error.put_out().is_some() {
            return Self::Denied;
        }
        match &error.kind {
            ErrorKind::Address(_) => Self::Usage,
            ErrorKind::Certificate(_) => Self::Denied,
            ErrorKind::Dial { .. } | ErrorKind::Tls(_) | ErrorKind::Upgrade { .. } => {
                Self::Unreachable
            }
            ErrorKind::Refused(_) if error.is_temporary() => Self::Temporary,
            ErrorKind::Refused(refusal) => match refusal.shape.code {
                ErrorCode::NotPaired | ErrorCode::Forbidden => Self::Denied,
                // Protocol 3 has no code for it, and a refusal at the door is about who comes.
                ErrorCode::InvalidRequest
                    if error.phase == Phase::Hello
                        || refusal.shape.message.starts_with("missing scope") =>
                {
                    Self::Denied
                }
                _ => Self::Failed,
            },
            ErrorKind::Closed(close) if close.asks_to_wait() => Self::Temporary,
            ErrorKind::Unreadable(_) => Self::Failed,
            ErrorKind::Closed(_)
            | ErrorKind::Broken(_)
            | ErrorKind::Silent(_)
            | ErrorKind::Deadline(_) => {
                if error.phase == Phase::Call {
                    Self::Temporary
                } else {
                    Self::Unreachable
                }
            }
        }
    }

    /// The code of any error that a command ends with.
    pub(crate) fn of_any(error: &anyhow::Error) -> Self {
        if let Some(failure) = error.downcast_ref::<crate::output::Failure>() {
            return failure.exit;
        }
        let permanent = error.is::<crate::config::ConfigError>()
            || error.is::<crate::lock::LockError>()
            || error.is::<crate::state_dir::StateDirError>()
            || error.is::<crate::owner_token::OwnerTokenError>();
        if permanent {
            Self::Config
        } else {
            Self::Failed
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tidegate_client::Close;
    use tidegate_protocol::ErrorShape;

    use super::*;

    fn refused(phase: Phase, shape: ErrorShape) -> Error {
        let refusal = tidegate_client::Refusal {
            shape,
            payload: None,
            close: None,
        };
        Error {
            phase,
            kind: ErrorKind::Refused(Box::new(refusal)),
        }
    }

    #[test]
    fn each_end_has_its_code() {
        let closed = |code| Close {
            code,
            reason: String::new(),
        };
        let error = |phase, kind| Error { phase, kind };
        let second = Duration::from_secs(1);
        for (error, code) in [
            (error(Phase::Address, ErrorKind::Address(String::new())), 2),
            (error(Phase::Hello, ErrorKind::Deadline(second)), 69),
            (error(Phase::Call, ErrorKind::Deadline(second)), 75),
            (
                error(Phase::Hello, ErrorKind::Closed(closed(Some(1008)))),
                69,
            ),
            (
                error(Phase::Hello, ErrorKind::Closed(closed(Some(1013)))),
                75,
            ),
            (error(Phase::Call, ErrorKind::Closed(closed(None))), 75),
            (refused(Phase::Call, ErrorShape::busy("later", 5)), 75),
            (refused(Phase::Call, ErrorShape::invalid("bad params")), 1),
            (
                refused(
                    Phase::Call,
                    ErrorShape::invalid("missing scope: operator.admin"),
                ),
                77,
            ),
            (
                refused(Phase::Hello, ErrorShape::invalid("unauthorized")),
                77,
            ),
            (
                refused(
                    Phase::Hello,
                    ErrorShape::new(ErrorCode::NotPaired, "pairing required"),
                ),
                77,
            ),
            (
                refused(
                    Phase::Call,
                    ErrorShape::new(ErrorCode::AgentTimeout, "too long"),
                ),
                1,
            ),
        ] {
            assert_eq!(Exit::of(&error) as u8, code, "{error:?}");
        }
    }

    #[test]
    fn the_help_names_every_code() {
        for exit in [
            Exit::Done,
            Exit::Failed,
            Exit::Usage,
            Exit::Unreachable,
            Exit::Temporary,
            Exit::Denied,
            Exit::Config,
            Exit::Interrupted,
        ] {
            assert!(HELP.contains(&format!("\n  {:<3}", exit as u8)), "{exit:?}");
        }
    }
}
