//! The browser's own protocol: JSON messages with a zero byte after each.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::failure::Failure;

/// Largest message: a picture of a large page, in base64.
const MESSAGE_MAX_BYTES: u64 = 32 * 1024 * 1024;
/// Messages that may wait to be written.
const OUTGOING: usize = 64;
/// Events that may wait for their reader; then the browser waits.
const EVENTS: usize = 256;

/// Something that happened in the browser.
#[derive(Debug)]
pub(super) struct CdpEvent {
    /// In which page or frame.
    pub(super) session: Option<String>,
    /// What.
    pub(super) method: String,
    /// The particulars.
    pub(super) params: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Incoming {
    id: Option<u64>,
    method: Option<String>,
    session_id: Option<String>,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Value,
    error: Option<CdpFault>,
}

#[derive(Deserialize)]
struct CdpFault {
    message: String,
}

type Waiting = HashMap<u64, oneshot::Sender<Result<Value, String>>>;

/// The way to the browser. Clones share it.
#[derive(Clone)]
pub(super) struct Cdp {
    next_id: Arc<AtomicU64>,
    outgoing: mpsc::Sender<Vec<u8>>,
    /// `None` once the browser is gone.
    waiting: Arc<Mutex<Option<Waiting>>>,
}

impl Cdp {
    /// The way, what happens in the browser, and the work that carries both. It ends when the
    /// pipes do, or when it is dropped.
    pub(super) fn over(
        sender: Sender,
        receiver: Receiver,
    ) -> (Self, mpsc::Receiver<CdpEvent>, impl Future<Output = ()>) {
        let (outgoing, queue) = mpsc::channel(OUTGOING);
        let (events, happened) = mpsc::channel(EVENTS);
        let cdp = Self {
            next_id: Arc::new(AtomicU64::new(1)),
            outgoing,
            waiting: Arc::new(Mutex::new(Some(HashMap::new()))),
        };
        let gone = Gone(Arc::clone(&cdp.waiting));
        let reader = cdp.clone();
        let work = async move {
            let _gone = gone;
            tokio::select! {
                () = write(sender, queue) => {}
                () = reader.read(receiver, events) => {}
            }
        };
        (cdp, happened, work)
    }

    /// Asks for something and waits for the answer.
    pub(super) async fn call(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
        within: Duration,
    ) -> Result<Value, Failure> {
        let (answer, answered) = oneshot::channel();
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        self.waiting()
            .as_mut()
            .ok_or_else(closed)?
            .insert(id, answer);
        let _forget = Forget { cdp: self, id };
        let talk = async {
            self.send(id, session, method, params).await?;
            match answered.await {
                Ok(Ok(result)) => Ok(result),
                Ok(Err(why)) => Err(Failure::unavailable(format!("{method}: {why}"))),
                Err(_) => Err(closed()),
            }
        };
        timeout(within, talk)
            .await
            .unwrap_or_else(|_| Err(Failure::timeout()))
    }

    /// Asks for something whose answer nobody needs.
    pub(super) async fn tell(&self, session: Option<&str>, method: &str, params: Value) {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        // A browser that is gone needs nothing.
        let _ = self.send(id, session, method, params).await;
    }

    async fn send(
        &self,
        id: u64,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<(), Failure> {
        let mut message = json!({"id": id, "method": method, "params": params});
        if let (Some(session), Some(fields)) = (session, message.as_object_mut()) {
            fields.insert("sessionId".to_owned(), session.into());
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.outgoing.send(bytes).await.map_err(|_| closed())
    }

    async fn read(&self, receiver: Receiver, events: mpsc::Sender<CdpEvent>) {
        let mut reader = BufReader::new(receiver);
        loop {
            let mut message = Vec::new();
            let mut limited = (&mut reader).take(MESSAGE_MAX_BYTES);
            match limited.read_until(0, &mut message).await {
                Ok(_) if message.pop() == Some(0) => {}
                // The end, an error, or a message without one.
                _ => return,
            }
            let Ok(incoming) = serde_json::from_slice::<Incoming>(&message) else {
                return;
            };
            if let Some(id) = incoming.id {
                let result = match incoming.error {
                    Some(fault) => Err(fault.message),
                    None => Ok(incoming.result),
                };
                self.answer(id, result);
            } else if let Some(method) = incoming.method {
                let event = CdpEvent {
                    session: incoming.session_id,
                    method,
                    params: incoming.params,
                };
                if events.send(event).await.is_err() {
                    return;
                }
            }
        }
    }

    fn answer(&self, id: u64, result: Result<Value, String>) {
        let waits = self.waiting().as_mut().and_then(|all| all.remove(&id));
        if let Some(waits) = waits {
            // Whoever asked may have gone.
            let _ = waits.send(result);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a question back whose asker has gone.
struct Forget<'a> {
    cdp: &'a Cdp,
    id: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        if let Some(waiting) = self.cdp.waiting().as_mut() {
            waiting.remove(&self.id);
        }
    }
}

/// Nobody waits for a browser that is gone.
struct Gone(Arc<Mutex<Option<Waiting>>>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

async fn write(mut sender: Sender, mut queue: mpsc::Receiver<Vec<u8>>) {
    while let Some(bytes) = queue.recv().await {
        if sender.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

fn closed() -> Failure {
    Failure::unavailable("the browser of the canvas is gone; show the canvas again")
}
