//! Why a command was not done, as the gateway hears it.

/// A code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    /// The code.
    pub(crate) code: &'static str,
    /// The sentence.
    pub(crate) message: String,
}

impl Failure {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// The request makes no sense.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new("INVALID_REQUEST", message)
    }

    /// The rules of this machine, or a missing approval, forbid the program.
    pub(crate) fn denied(why: impl std::fmt::Display) -> Self {
        Self::new("SYSTEM_RUN_DENIED", format!("SYSTEM_RUN_DENIED: {why}"))
    }

    /// It is not there.
    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self::new("NOT_FOUND", message)
    }

    /// It is there, and may not be touched.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new("FORBIDDEN", message)
    }

    /// Something changed under our hands.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new("CONFLICT", message)
    }

    /// More than fits.
    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::new("TOO_LARGE", message)
    }

    /// It does not work now.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new("UNAVAILABLE", message)
    }

    /// Its time is over.
    pub(crate) fn timeout() -> Self {
        Self::new("TIMEOUT", "the command took too long and was ended")
    }

    /// The connection that asked for it has ended, or the node stops.
    pub(crate) fn stopped() -> Self {
        Self::new("CANCELLED", "the command was ended: nobody waits for it")
    }

    /// As many commands are at work as may be.
    pub(crate) fn busy() -> Self {
        Self::new("BUSY", "the node is at work on too many commands")
    }

    /// Nobody here knows the command.
    pub(crate) fn unknown(command: &str) -> Self {
        Self::new(
            "UNKNOWN_COMMAND",
            format!("this node does not offer {command}"),
        )
    }
}
