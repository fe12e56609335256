//! Why a program was not started, or not typed into.

use tidegate_core::exec::Flaw;

use crate::job::Changed;
use crate::limits::INPUT_CHUNK_MAX_BYTES;

/// Why a program was not started, or not typed into.
#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    /// Something is not as it was when it was looked at; nothing was run.
    #[error(transparent)]
    Changed(#[from] Changed),
    /// It is no proper execution.
    #[error(transparent)]
    Flawed(#[from] Flaw),
    /// The subject is for another machine.
    #[error("the command is for another machine")]
    WrongPlace,
    /// What it is given to read is not what the subject says.
    #[error("the input is not the one that was looked at")]
    WrongInput,
    /// There are as many as may run.
    #[error("too many commands are running")]
    Busy,
    /// We are stopping.
    #[error("no more commands are started")]
    Closing,
    /// It was to be stopped before it ran.
    #[error("the command was stopped before it ran")]
    Stopped,
    /// The warden cannot be started.
    #[error("cannot start a warden")]
    Start(#[source] std::io::Error),
    /// The program cannot be started.
    #[error("cannot start the program: {0}")]
    Failed(String),
    /// The warden does not answer.
    #[error("the warden does not answer")]
    NoAnswer,
    /// The program reads nothing more, or never did.
    #[error("the program takes no input")]
    NoInput,
    /// The program does not read what waits for it already, or the piece is too long.
    #[error(
        "the program does not read its input, or more than {INPUT_CHUNK_MAX_BYTES} bytes at once"
    )]
    InputFull,
    /// On this system nothing can be run exactly as it was looked at.
    #[error("commands cannot be run on this system")]
    Platform,
}
