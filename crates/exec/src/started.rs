//! A warden that was started: everything by which we reach it and its program.

use tokio::net::UnixStream;
use tokio::net::unix::pipe::Sender;
use tokio::process::{Child, ChildStderr, ChildStdout};

/// A warden whose job is still to be sent.
pub(crate) struct Started {
    pub(crate) warden: Child,
    pub(crate) control: UnixStream,
    pub(crate) order: Vec<u8>,
    pub(crate) input: Option<Sender>,
    pub(crate) stdout: ChildStdout,
    pub(crate) stderr: ChildStderr,
}
