//! What the end-to-end tests share.
//!
//! - [`Daemon`]: the real binary as a process, in a state directory of its own.
//! - [`RawClient`]: a WebSocket that shows every frame and close code as it is.
//! - [`Finger`]: somebody in front of a headless browser.
//! - [`MockProvider`]: a model provider that says what a test wants.
//! - [`network`]: a chat network in memory.
//! - [`replay`]: recordings of the January server, played against ours and compared.
//!
//! Every wait has a deadline ([`WAIT`]), every process and socket ends with its owner.

mod daemon;
mod finger;
mod mock_provider;
pub mod network;
mod raw_client;
pub mod replay;

use std::time::Duration;

pub use daemon::Daemon;
pub use finger::Finger;
pub use mock_provider::{MockProvider, Reply};
pub use raw_client::{Closed, Got, RawClient};

/// How long anything is waited for.
pub const WAIT: Duration = Duration::from_secs(20);

/// `future` within [`WAIT`].
///
/// # Errors
/// The time is over; the text names what was waited for.
pub async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> std::io::Result<T> {
    tokio::time::timeout(WAIT, future).await.map_err(|_| {
        let text = format!("{what}: nothing within {} s", WAIT.as_secs());
        std::io::Error::new(std::io::ErrorKind::TimedOut, text)
    })
}
