//! Each request of the gateway is done once, within its time, and answered within bounds.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tidegate_protocol::api::nodes::NodeInvokeRequest;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::call::{Call, Tell};
use crate::failure::Failure;
use crate::limits::{IDS_KEPT, INVOKE_DEFAULT, INVOKE_MAX, INVOKES_MAX, STOPPING};
use crate::table::Table;

/// What is known of requests, over all connections of this process.
pub(crate) struct Invokes {
    table: Table,
    seen: Mutex<Seen>,
    room: Arc<Semaphore>,
}

/// Ids of requests, oldest first.
#[derive(Default)]
struct Seen {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Seen {
    /// Whether it is new.
    fn note(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > IDS_KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

impl Invokes {
    pub(crate) fn new(table: Table) -> Self {
        Self {
            table,
            seen: Mutex::default(),
            room: Arc::new(Semaphore::new(INVOKES_MAX)),
        }
    }

    /// The commands that are offered.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.table.names()
    }

    /// How many are at work.
    #[cfg(test)]
    pub(crate) fn at_work(&self) -> usize {
        INVOKES_MAX - self.room.available_permits()
    }

    /// Does a request and returns what came of it; `None` if it was done before or is
    /// at work: then there is another answer.
    pub(crate) async fn carry_out(
        &self,
        request: NodeInvokeRequest,
        gateway: Arc<dyn Tell>,
        stop: CancellationToken,
        max_bytes: usize,
    ) -> Option<Result<Value, Failure>> {
        let new = self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .note(&request.id);
        if !new {
            return None;
        }
        let Ok(_room) = self.room.try_acquire() else {
            return Some(Err(Failure::busy()));
        };
        let call = Call {
            stop,
            deadline: Instant::now() + time_for(request.timeout_ms),
            gateway,
        };
        let outcome = self
            .within_time(&request.command, request.params_json.0, call)
            .await;
        Some(outcome.and_then(|answer| fits(answer, max_bytes)))
    }

    async fn within_time(
        &self,
        command: &str,
        params: Option<String>,
        call: Call,
    ) -> Result<Value, Failure> {
        let (deadline, stop) = (call.deadline, call.stop.clone());
        // A command that can be stopped ends by itself, and knows how.
        let given_up = async {
            stop.cancelled().await;
            sleep(STOPPING).await;
        };
        tokio::select! {
            () = given_up => Err(Failure::stopped()),
            done = timeout_at(deadline, self.table.serve(command, params, call)) => {
                done.unwrap_or_else(|_| Err(Failure::timeout()))
            }
        }
    }
}

fn time_for(timeout_ms: Option<u64>) -> Duration {
    match timeout_ms {
        None | Some(0) => INVOKE_DEFAULT,
        Some(wanted) => Duration::from_millis(wanted).min(INVOKE_MAX),
    }
}

fn fits(answer: Value, max_bytes: usize) -> Result<Value, Failure> {
    let mut counted = Counted(0);
    // Counting does not fail, and whatever became a value can be written.
    let _ = serde_json::to_writer(&mut counted, &answer);
    if counted.0 <= max_bytes {
        return Ok(answer);
    }
    Err(Failure::too_large(format!(
        "the answer has {} bytes, and the gateway takes {max_bytes}",
        counted.0
    )))
}

/// Counts what would be written.
struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
