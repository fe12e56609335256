//! One connection, and calls on it.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_protocol::Method;
use tidegate_protocol::api::connect::HelloOk;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::connect::{ConnectOptions, Opened, handshake};
use crate::error::{Error, Phase};
use crate::events::{Events, Speaker, WAITING_EVENTS};
use crate::frame::{is_ack, read, request};
use crate::link::{self, Answer, OUTGOING, Shared};
use crate::pin::Fingerprint;

/// How long [`Client::close`] waits for the other side.
const CLOSE_WAIT: Duration = Duration::from_secs(1);

/// An open connection. Clones share it; it ends with the last of them.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    hello: HelloOk,
    certificate: Option<Fingerprint>,
    outgoing: mpsc::Sender<Message>,
    shared: Arc<Shared>,
    next_id: AtomicU64,
    call_deadline: Duration,
    /// Owns the task: dropping the last client ends it.
    _task: JoinSet<()>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("conn_id", &self.inner.hello.server.conn_id)
            .finish_non_exhaustive()
    }
}

/// The first of one or two answers.
#[derive(Debug)]
pub enum First<M: Method> {
    /// The request is stored and at work; the final answer follows, unless this request repeats
    /// one that is at work already: then it never does.
    Ack(M::Ack, PendingFinal<M>),
    /// It is done.
    Final(Box<RawValue>),
}

/// The final answer, on its way. Dropping it means not waiting; nothing is stopped.
pub struct PendingFinal<M: Method> {
    call: PendingCall,
    method: PhantomData<fn() -> M>,
}

impl<M: Method> std::fmt::Debug for PendingFinal<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PendingFinal")
            .field("id", &self.call.id)
            .finish_non_exhaustive()
    }
}

impl<M: Method> PendingFinal<M> {
    /// Waits for the final answer, as it was sent. Cancel safe.
    ///
    /// # Errors
    /// The method failed, the connection ended, or the deadline passed.
    pub async fn wait(&mut self, within: Duration) -> Result<Box<RawValue>, Error> {
        self.call.next(within).await
    }
}

/// A request whose answers are awaited.
struct PendingCall {
    id: String,
    answers: mpsc::Receiver<Answer>,
    shared: Arc<Shared>,
}

impl PendingCall {
    async fn next(&mut self, within: Duration) -> Result<Box<RawValue>, Error> {
        match timeout(within, self.answers.recv()).await {
            Err(_) => Err(Error::deadline(Phase::Call, within)),
            Ok(Some(answer)) => answer,
            Ok(None) => Err(self.shared.ended().unwrap_or_else(|| {
                Error::unreadable(Phase::Call, "the gateway answered too often")
            })),
        }
    }
}

impl Drop for PendingCall {
    fn drop(&mut self) {
        self.shared.forget(&self.id);
    }
}

impl Client {
    /// Dials, proves who this is, and waits to be let in. The events of the connection begin with
    /// it: there is none between the snapshot in [`Client::hello`] and the first of [`Events`].
    ///
    /// # Errors
    /// Nobody there, refused, or too slow; [`Error::phase`] tells how far it came.
    pub async fn connect(options: &ConnectOptions) -> Result<(Self, Events), Error> {
        // On the heap: it is large, short-lived and once per connection.
        let Opened {
            socket,
            hello,
            certificate,
        } = Box::pin(handshake(options)).await?;
        let (outgoing, queue) = mpsc::channel(OUTGOING);
        let (speaker, events) = Speaker::pair(WAITING_EVENTS);
        let shared = Arc::new(Shared::new());
        let silence = options.deadlines.silence(hello.policy.tick_interval_ms);
        let mut task = JoinSet::new();
        task.spawn(link::serve(
            socket,
            queue,
            Arc::clone(&shared),
            speaker,
            silence,
        ));
        let inner = Inner {
            hello,
            certificate,
            outgoing,
            shared,
            next_id: AtomicU64::new(1),
            call_deadline: options.deadlines.call,
            _task: task,
        };
        Ok((
            Self {
                inner: Arc::new(inner),
            },
            events,
        ))
    }

    /// What the gateway said when it let this connection in.
    pub fn hello(&self) -> &HelloOk {
        &self.inner.hello
    }

    /// The certificate that the gateway showed, if the connection is under TLS.
    pub fn certificate(&self) -> Option<Fingerprint> {
        self.inner.certificate
    }

    /// Calls a method. Cancel safe in the sense that the connection stays usable; the request
    /// itself may have been carried out.
    ///
    /// # Errors
    /// The method failed, the connection ended, the deadline passed, or the answer has another
    /// form than the catalog says.
    pub async fn call<M: Method>(&self, params: &M::Params) -> Result<M::Result, Error> {
        self.call_within::<M>(params, self.inner.call_deadline)
            .await
    }

    /// Calls a method with a deadline of its own.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn call_within<M: Method>(
        &self,
        params: &M::Params,
        within: Duration,
    ) -> Result<M::Result, Error> {
        let params = serde_json::value::to_raw_value(params)
            .map_err(|why| Error::unreadable(Phase::Call, why))?;
        let mut call = self
            .start(M::SPEC.name, Some(&params), false, within)
            .await?;
        read(&call.next(within).await?)
    }

    /// Calls a method that answers twice and waits for the first answer.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn call_two_stage<M: Method>(
        &self,
        params: &M::Params,
        within: Duration,
    ) -> Result<First<M>, Error> {
        let params = serde_json::value::to_raw_value(params)
            .map_err(|why| Error::unreadable(Phase::Call, why))?;
        let mut call = self
            .start(M::SPEC.name, Some(&params), true, within)
            .await?;
        let first = call.next(within).await?;
        if is_ack(&first) {
            return Ok(First::Ack(
                read(&first)?,
                PendingFinal {
                    call,
                    method: PhantomData,
                },
            ));
        }
        Ok(First::Final(first))
    }

    /// Calls a method by its name; the answer is exactly what was sent. With `until_final` an
    /// acknowledgement is not taken for the answer.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn call_raw(
        &self,
        method: &str,
        params: Option<&Value>,
        within: Duration,
        until_final: bool,
    ) -> Result<Box<RawValue>, Error> {
        let params = params
            .map(serde_json::value::to_raw_value)
            .transpose()
            .map_err(|why| Error::unreadable(Phase::Call, why))?;
        let mut call = self
            .start(method, params.as_deref(), until_final, within)
            .await?;
        let first = call.next(within).await?;
        if until_final && is_ack(&first) {
            call.next(within).await
        } else {
            Ok(first)
        }
    }

    /// Why the connection ended, if it has.
    pub fn ended(&self) -> Option<Error> {
        self.inner.shared.ended()
    }

    /// Says goodbye and waits a moment for the answer.
    pub async fn close(self) {
        let mut ended = self.inner.shared.watch_end();
        let frame = CloseFrame {
            code: CloseCode::Normal,
            reason: "".into(),
        };
        let goodbye = async {
            if self
                .inner
                .outgoing
                .send(Message::Close(Some(frame)))
                .await
                .is_ok()
            {
                let _ = ended.wait_for(Option::is_some).await;
            }
        };
        // Whoever does not answer is left without a word.
        let _ = timeout(CLOSE_WAIT, goodbye).await;
    }

    async fn start(
        &self,
        method: &str,
        params: Option<&RawValue>,
        two_stage: bool,
        within: Duration,
    ) -> Result<PendingCall, Error> {
        let id = self
            .inner
            .next_id
            .fetch_add(1, Ordering::Relaxed)
            .to_string();
        let text = request(&id, method, params)?;
        let shared = Arc::clone(&self.inner.shared);
        let answers = shared.expect(&id, two_stage)?;
        let call = PendingCall {
            id,
            answers,
            shared,
        };
        match timeout(within, self.inner.outgoing.send(Message::text(text))).await {
            Err(_) => Err(Error::deadline(Phase::Call, within)),
            // A closed queue means that the connection has ended; the call knows why.
            Ok(_) => Ok(call),
        }
    }
}
