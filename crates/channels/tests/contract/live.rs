//! A small supervisor: receives, and begins anew when that fails.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_core::channel::{Channel, ChannelError};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{MemoryInbox, PATIENCE, eventually};

/// Between two tries.
const BACKOFF: Duration = Duration::from_millis(20);

/// What "prompt" is on a busy machine.
const PROMPT: Duration = Duration::from_secs(5);

/// A channel at work. Dropping it is a kill: nothing is told to anybody.
pub(crate) struct Live {
    stop: CancellationToken,
    tasks: JoinSet<()>,
    failures: Arc<Mutex<Vec<ChannelError>>>,
}

impl Live {
    pub(crate) fn start(channel: Arc<dyn Channel>, inbox: &Arc<MemoryInbox>) -> Self {
        let (stop, inbox) = (CancellationToken::new(), Arc::clone(inbox));
        let failures = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        let (token, list) = (stop.clone(), Arc::clone(&failures));
        tasks.spawn(async move {
            while let Err(error) = channel.receive(&*inbox, token.clone()).await {
                list.lock().unwrap().push(error);
                // A stop ends the wait too.
                let _ = timeout(BACKOFF, token.cancelled()).await;
            }
        });
        Self {
            stop,
            tasks,
            failures,
        }
    }

    /// Starts, and waits until the way in proved itself.
    pub(crate) async fn started(channel: Arc<dyn Channel>, inbox: &Arc<MemoryInbox>) -> Self {
        let live = Self::start(channel, inbox);
        inbox.proved_now().await;
        live
    }

    /// Asks it to end, and waits for that.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let ended = timeout(PROMPT, self.tasks.join_next()).await;
        ended.expect("does not stop").unwrap().unwrap();
    }

    pub(crate) fn failures(&self) -> usize {
        self.failures.lock().unwrap().len()
    }

    /// Waits for a failure and takes it.
    pub(crate) async fn failure(&self) -> ChannelError {
        eventually("a failure", || self.failures() > 0).await;
        self.failures.lock().unwrap().remove(0)
    }

    /// Every failure so far was one after which it is right to try again.
    pub(crate) fn check_failures(&self) {
        for failure in self.failures.lock().unwrap().iter() {
            assert!(
                !matches!(
                    failure,
                    ChannelError::SignedOut(_) | ChannelError::NeedsSetup(_)
                ),
                "{failure}"
            );
        }
    }
}

/// Runs one `receive` until it fails.
pub(crate) async fn failing(channel: &Arc<dyn Channel>, inbox: &MemoryInbox) -> ChannelError {
    let receive = channel.receive(inbox, CancellationToken::new());
    let ended = timeout(PATIENCE, receive).await.expect("does not fail");
    ended.expect_err("ended well")
}
