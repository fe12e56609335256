//! The warden: a small process of ours between the daemon and one program.
//!
//! It is the subreaper of everything that the program starts, so a descendant that leaves its group
//! and its session and loses its parents still becomes the warden's child. Its order comes over a
//! socket, which is its standard input; when that socket closes, for whatever reason, everything
//! under the warden ends. Nothing under it can gain rights by starting a set-user-id program, so
//! everything under it can be killed. Before it starts the program it closes the fence of its job
//! around itself and so around everything under it.
//!
//! The binary calls [`main`] when its first argument is [`WORD`], before anything else is set up.

mod children;
mod fds;
mod serve;
mod start;
mod watch;

pub use serve::{WORD, main};
