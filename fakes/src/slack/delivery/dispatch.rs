//! The life of a delivery: first attempt in order, then acknowledged, or again, or given up.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::outgoing::{Kind, Outgoing};
use super::sockets::Sockets;
use super::webhook;
use crate::slack::core::Core;
use crate::slack::trace::Step;
use crate::slack::world::World;

/// Where deliveries go, and what a test wants to happen to them on the way.
#[derive(Default)]
pub(in crate::slack) struct Dispatch {
    sockets: Mutex<Sockets>,
    mischief: Mutex<Mischief>,
    webhook: Mutex<Option<String>>,
    last: Mutex<Option<Outgoing>>,
}

/// Duplicates and another order, on purpose.
#[derive(Default)]
struct Mischief {
    duplicates: usize,
    hold: usize,
    held: Vec<Outgoing>,
}

/// An envelope that left and is not acknowledged yet.
pub(super) struct Waiting {
    pub(super) envelope_id: String,
    pub(super) socket: u64,
    pub(super) ack: oneshot::Receiver<Value>,
}

/// Why an attempt failed, and whether the app forbids another.
pub(super) struct Failure {
    pub(super) reason: &'static str,
    pub(super) last: bool,
}

impl Dispatch {
    pub(in crate::slack) fn sockets(&self) -> MutexGuard<'_, Sockets> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next deliveries leave twice each.
    pub(in crate::slack) fn duplicate_next(&self, count: usize) {
        self.mischief().duplicates += count;
    }

    /// The next deliveries wait for each other and leave in reverse order.
    pub(in crate::slack) fn reverse_next(&self, count: usize) {
        self.mischief().hold = count;
    }

    /// From now on deliveries go to this URL instead of sockets; none for sockets again.
    pub(in crate::slack) fn use_webhook(&self, url: Option<String>) {
        *self.webhook.lock().unwrap_or_else(PoisonError::into_inner) = url;
    }

    fn webhook(&self) -> Option<String> {
        let url = self.webhook.lock().unwrap_or_else(PoisonError::into_inner);
        url.clone()
    }

    /// What left last.
    pub(in crate::slack) fn last(&self) -> Option<Outgoing> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    fn mischief(&self) -> MutexGuard<'_, Mischief> {
        self.mischief.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What leaves now that this one has come.
    fn stage(&self, outgoing: Outgoing) -> Vec<Outgoing> {
        let mut mischief = self.mischief();
        let mut leaving = Vec::new();
        if mischief.hold > 0 {
            mischief.held.push(outgoing);
            if mischief.held.len() >= mischief.hold {
                mischief.hold = 0;
                leaving = mem::take(&mut mischief.held);
                leaving.reverse();
            }
        } else {
            leaving.push(outgoing);
        }
        let doubled = leaving.len().min(mischief.duplicates);
        mischief.duplicates -= doubled;
        let again: Vec<_> = leaving.iter().take(doubled).cloned().collect();
        leaving.extend(again);
        leaving
    }
}

impl Core {
    /// Sends it on its way. The first attempt leaves before this returns, so order is kept.
    pub(in crate::slack) fn publish(self: &Arc<Self>, outgoing: Outgoing) {
        *self
            .dispatch
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(outgoing.clone());
        for outgoing in self.dispatch.stage(outgoing) {
            let first = match self.dispatch.webhook() {
                Some(_) => None,
                None => self.send(&outgoing, 0),
            };
            let core = Arc::clone(self);
            self.tasks.spawn(async move {
                tokio::select! {
                    () = core.settle(&outgoing, first) => {}
                    () = core.stop.cancelled() => {}
                }
            });
        }
    }

    async fn settle(self: &Arc<Self>, outgoing: &Outgoing, mut first: Option<Waiting>) {
        let mut attempt = 0;
        let mut reason = "";
        loop {
            let tried = if let Some(url) = self.dispatch.webhook() {
                webhook::attempt(self, &url, outgoing, attempt, reason).await
            } else {
                let sent = match attempt {
                    0 => first.take(),
                    _ => self.send(outgoing, attempt),
                };
                self.wait_for_ack(outgoing, attempt, sent).await
            };
            let failure = match tried {
                Ok(payload) => return self.acked(outgoing, attempt, payload),
                Err(failure) => failure,
            };
            reason = failure.reason;
            let pause = outgoing.next_after(attempt, &self.rules);
            let (Some(pause), false) = (pause, failure.last) else {
                self.step(Step::GivenUp {
                    item: outgoing.item.clone(),
                });
                return;
            };
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// Puts an envelope on some socket. None if there is none.
    fn send(&self, outgoing: &Outgoing, attempt: u32) -> Option<Waiting> {
        let envelope_id = self.world(World::next_uuid);
        let text = outgoing.envelope(&envelope_id, attempt);
        let sent = self.dispatch.sockets().send(envelope_id, text);
        let item = outgoing.item.clone();
        self.step(match &sent {
            Some(waiting) => Step::Sent {
                item,
                attempt,
                socket: Some(waiting.socket),
            },
            None => Step::Nobody { item, attempt },
        });
        sent
    }

    async fn wait_for_ack(
        &self,
        outgoing: &Outgoing,
        attempt: u32,
        sent: Option<Waiting>,
    ) -> Result<Value, Failure> {
        let failure = Failure {
            reason: "timeout",
            last: false,
        };
        let Some(waiting) = sent else {
            return Err(failure);
        };
        if let Ok(Ok(payload)) = timeout(self.rules.ack_within, waiting.ack).await {
            return Ok(payload);
        }
        self.dispatch.sockets().forget(&waiting.envelope_id);
        self.step(Step::Unacked {
            item: outgoing.item.clone(),
            attempt,
            reason: failure.reason,
        });
        Err(failure)
    }

    fn acked(self: &Arc<Self>, outgoing: &Outgoing, attempt: u32, payload: Value) {
        let answered = outgoing.kind != Kind::Event
            && payload.as_object().is_some_and(|fields| !fields.is_empty());
        if answered {
            self.hook_answer(&outgoing.item, false, payload.clone());
        }
        self.step(Step::Acked {
            item: outgoing.item.clone(),
            attempt,
            payload,
        });
    }
}
