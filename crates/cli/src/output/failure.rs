//! What went wrong, where, and what to do next.

use std::fmt;

use tidegate_client::{Distrust, Error, ErrorKind, Phase, PutOut};
use tidegate_protocol::ErrorCode;

use super::{Screen, clean, duration, nearest_methods, one_line};
use crate::exit::Exit;
use crate::target::Target;

/// The end of a command that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How the program ends.
    pub(crate) exit: Exit,
    /// What went wrong.
    pub(crate) what: String,
    /// Where: the address, and how it was chosen.
    pub(crate) place: Option<String>,
    /// What to do next.
    pub(crate) next: Option<String>,
    /// Whether that is done on another machine, so that the flags of this command do not belong
    /// to it.
    pub(crate) elsewhere: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// A failure that is not about the gateway.
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self {
            exit,
            what: what.into(),
            place: None,
            next: None,
            elsewhere: false,
        }
    }

    /// Adds what to do next.
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// What to do next is done on another machine.
    pub(crate) const fn elsewhere(mut self) -> Self {
        self.elsewhere = true;
        self
    }

    /// With what to do next, unless that is said already.
    pub(crate) fn or_next(mut self, next: &str) -> Self {
        self.next.get_or_insert_with(|| next.to_owned());
        self
    }

    /// A failed conversation with the gateway; `doing` names the method.
    pub(crate) fn of(error: &Error, target: &Target, doing: &str) -> Self {
        Self {
            exit: Exit::of(error),
            what: what(error, target, doing),
            place: Some(target.to_string()),
            next: next(error, target, doing),
            // Whoever is not known there, or does not know it, is helped there.
            elsewhere: !target.own
                && (error.put_out().is_some()
                    || (error.phase != Phase::Call
                        && matches!(
                            error.kind,
                            ErrorKind::Certificate(_) | ErrorKind::Refused(_)
                        ))),
        }
    }
}

fn what(error: &Error, target: &Target, doing: &str) -> String {
    let at = &target.address;
    match error.put_out() {
        Some(PutOut::Revoked) => return format!("the owner of {at} revoked this device"),
        Some(PutOut::Removed) => return format!("the owner of {at} removed this device"),
        None => {}
    }
    match &error.kind {
        ErrorKind::Dial {
            kind: std::io::ErrorKind::ConnectionRefused,
            ..
        } => {
            format!("the gateway is not running on {at}")
        }
        ErrorKind::Dial { text, .. } => format!("{at} cannot be reached: {text}"),
        ErrorKind::Certificate(distrust) => distrusted(distrust, target),
        ErrorKind::Tls(text) => format!("what answers on {at} is refused: {text}"),
        ErrorKind::Upgrade {
            status: Some(403 | 421),
            ..
        } => {
            format!("{at} does not accept clients under this name")
        }
        ErrorKind::Upgrade { text, .. } if wants_tls(text) => {
            format!("{at} speaks TLS, and was spoken to without")
        }
        ErrorKind::Upgrade { text, .. } => format!("what answers on {at} is not a gateway: {text}"),
        ErrorKind::Deadline(after) => {
            let after = duration(u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
            match error.phase {
                Phase::Call => format!("{doing}: no answer within {after}"),
                _ => format!("{at} gave no answer within {after}, {}", error.during()),
            }
        }
        ErrorKind::Refused(_) if error.phase == Phase::Hello => {
            format!(
                "the gateway did not let this client in: {}",
                clean(&error.to_string())
            )
        }
        _ => format!("{doing}: {}", clean(&error.to_string())),
    }
}

/// What a port that speaks TLS says to whoever speaks plain HTTP: ours, and that of a common proxy.
fn wants_tls(said: &str) -> bool {
    [
        "This port speaks TLS",
        "HTTP request was sent to HTTPS port",
    ]
    .iter()
    .any(|words| said.contains(words))
}

fn distrusted(distrust: &Distrust, target: &Target) -> String {
    let (at, shown) = (&target.address, distrust.shown);
    match distrust.pinned {
        Some(pinned) => format!(
            "{at} shows another certificate than the pinned one: nothing was sent to it\n  shown:  {shown}\n  pinned: {pinned} ({})",
            target.expected.pinned_by.as_deref().unwrap_or("here")
        ),
        None => format!(
            "{at} is not known here, and nobody vouches for its certificate ({}): nothing was sent to it\n  its fingerprint (SHA-256): {shown}",
            clean(&distrust.why)
        ),
    }
}

/// What to do about a certificate that was not accepted.
fn compare(distrust: &Distrust) -> String {
    match distrust.pinned {
        Some(_) => "somebody may stand in between. Only if the gateway's owner made a new certificate: compare the fingerprint \
                    with what `tidegate status` shows on its host, and pin that one instead"
            .to_owned(),
        None => format!(
            "compare it with what `tidegate status` shows on the gateway's own host; if it is the same, add: --tls-fingerprint {}",
            distrust.shown
        ),
    }
}

fn next(error: &Error, target: &Target, doing: &str) -> Option<String> {
    if let Some(after) = error.retry_after().filter(|_| error.is_temporary()) {
        let ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        return Some(format!("try again in {}", duration(ms)));
    }
    if error.put_out().is_some() {
        return Some(
            "to join again, show the gateway's secret with --token-file; then somebody approves this \
             device on the gateway's host: tidegate devices approve"
                .to_owned(),
        );
    }
    let words = match &error.kind {
        ErrorKind::Address(_) => "an address looks like ws://127.0.0.1:18789".to_owned(),
        ErrorKind::Certificate(distrust) => return Some(compare(distrust)),
        ErrorKind::Tls(_) => {
            "check the address, and that the gateway has gateway.tls.enabled; a gateway without TLS is never spoken to under a wss:// address"
                .to_owned()
        }
        ErrorKind::Dial { .. } if target.own => {
            "start it with `tidegate gateway`; for a gateway elsewhere give --url and --token-file"
                .to_owned()
        }
        ErrorKind::Dial { .. } => {
            "check the address, and that the gateway listens there".to_owned()
        }
        ErrorKind::Upgrade {
            status: Some(403 | 421),
            ..
        } => "use a name of the gateway's host, or set gateway.publicUrl in its configuration"
            .to_owned(),
        ErrorKind::Upgrade { text, .. } if wants_tls(text) => {
            format!("write --url {}", target.address.clone().with_tls())
        }
        ErrorKind::Upgrade { .. } => {
            "another program has the port: set gateway.port, or name the gateway with --url"
                .to_owned()
        }
        ErrorKind::Deadline(_) if error.phase != Phase::Call => {
            "wait longer with --timeout; the gateway's log is in the state directory".to_owned()
        }
        ErrorKind::Deadline(_) => {
            "see what it does with `tidegate logs`, or wait longer with --timeout".to_owned()
        }
        ErrorKind::Refused(_) if error.phase == Phase::Hello => {
            return Some(not_let_in(error, target));
        }
        ErrorKind::Refused(refusal) => {
            return refused(&refusal.shape.message, refusal.shape.code, doing);
        }
        ErrorKind::Closed(_) | ErrorKind::Broken(_) | ErrorKind::Silent(_) => {
            "see whether it runs with `tidegate health`".to_owned()
        }
        ErrorKind::Unreadable(_) => "`tidegate --version` and the gateway's version may differ: \
                                     see `tidegate status`"
            .to_owned(),
    };
    Some(words)
}

fn not_let_in(error: &Error, target: &Target) -> String {
    let unpaired = error
        .shape()
        .filter(|shape| shape.code == ErrorCode::NotPaired);
    if let Some(shape) = unpaired {
        let details = shape.details.as_ref();
        let request = details.and_then(|details| details.get("requestId")?.as_str());
        let reason = details.and_then(|details| details.get("reason")?.as_str());
        let more = reason == Some("scope-upgrade");
        let what = if more {
            "what this device asks for"
        } else {
            "this device"
        };
        return match request {
            Some(id) => format!(
                "approve {what} on the gateway's host, then try again: tidegate devices approve {}",
                one_line(id, 64)
            ),
            None => "run this command as the gateway's user on its own host".to_owned(),
        };
    }
    match &target.credential {
        None => "show the gateway's secret with --token-file".to_owned(),
        Some(from) => format!("check the secret; this one came from {from}"),
    }
}

fn refused(message: &str, code: ErrorCode, doing: &str) -> Option<String> {
    if message.starts_with("unknown method") {
        let near = nearest_methods(doing);
        return Some(match near.as_slice() {
            [] => "list the methods with `tidegate gateway call --help`".to_owned(),
            near => format!("did you mean {}?", near.join(" or ")),
        });
    }
    match code {
        ErrorCode::Forbidden => Some("use a secret with more rights (--token-file)".to_owned()),
        ErrorCode::InvalidRequest if message.starts_with("invalid ") => Some(format!(
            "what it takes: `tidegate gateway call {doing} --help`"
        )),
        ErrorCode::InvalidRequest if message.starts_with("unsupported ") => {
            Some("see what is connected with `tidegate channels`".to_owned())
        }
        ErrorCode::InvalidRequest => None,
        ErrorCode::NotLinked => Some("see the accounts with `tidegate channels`".to_owned()),
        ErrorCode::Unavailable if message.starts_with("not delivered") => Some(
            "it is kept: see it with `tidegate outbox`, and try again with `tidegate outbox retry`"
                .to_owned(),
        ),
        ErrorCode::NotPaired | ErrorCode::AgentTimeout | ErrorCode::Unavailable => {
            Some("see why with `tidegate logs`".to_owned())
        }
    }
}

/// Prints an error and tells how to end.
pub(crate) fn report(screen: &Screen, error: &anyhow::Error) -> Exit {
    // Whoever reads our output has seen enough: that is no failure.
    if error.chain().any(is_broken_pipe) {
        return Exit::Done;
    }
    let paint = screen.err();
    let head = paint.red(&paint.bold("error:"));
    match error.downcast_ref::<Failure>() {
        None => {
            let text = screen.here(&clean(&format!("{error:#}")));
            screen.note(&format!("{head} {text}"));
        }
        Some(failure) => {
            screen.note(&format!("{head} {}", failure.what));
            if let Some(place) = &failure.place {
                screen.note(&format!("  {} {place}", paint.dim("where:")));
            }
            if let Some(next) = &failure.next {
                let next = if failure.elsewhere {
                    next.clone()
                } else {
                    screen.here(next)
                };
                screen.note(&format!("  {}  {next}", paint.dim("next:")));
            }
        }
    }
    Exit::of_any(error)
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
