//! The connection actor: one task that reads requests, starts their handlers and writes what
//! waits in the outbox. It stops reading while too many bytes of replies wait, and never waits
//! for a handler.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tidegate_engine::{NodeGuard, PresenceGuard};
use tidegate_protocol::close::POLICY;
use tidegate_protocol::limits::REPLY_BACKLOG_BYTES;

use super::socket::{Input, Socket, Written};
use crate::hub::Conn;
use crate::rpc::dispatch::answer;
use crate::state::Shared;

/// The connection broke: no close frame was seen or could be sent.
const ABNORMAL: u16 = 1006;

pub(crate) struct Session {
    shared: Arc<Shared>,
    conn: Arc<Conn>,
    /// Listed as long as the session lives.
    _presence: PresenceGuard,
    /// A node is there until its connection ends.
    node: Option<NodeGuard>,
}

/// What the socket has for us.
enum Step {
    Read(Input),
    Wrote(Written),
}

impl Session {
    pub(crate) const fn new(
        shared: Arc<Shared>,
        conn: Arc<Conn>,
        presence: PresenceGuard,
        node: Option<NodeGuard>,
    ) -> Self {
        Self {
            shared,
            conn,
            _presence: presence,
            node,
        }
    }

    /// Runs until the connection ends.
    pub(crate) async fn run(mut self, mut socket: Socket) {
        let kill = self.conn.kill.clone();
        loop {
            let step = tokio::select! {
                biased;
                () = kill.cancelled() => {
                    self.leave(POLICY.code);
                    let why = self.conn.killed_because.get().copied().unwrap_or_default();
                    socket.close(POLICY.code, why).await;
                    return;
                }
                step = poll_fn(|cx| self.step(&mut socket, cx)) => step,
            };
            match step {
                Step::Read(Input::Text(text)) => self.take(text),
                Step::Read(Input::Gone { code }) => {
                    self.leave(code);
                    socket.answer_close().await;
                    return;
                }
                Step::Read(Input::Broken { code, reason }) => {
                    self.leave(code.code);
                    socket.close(code.code, reason).await;
                    return;
                }
                Step::Wrote(Written::Closing { code, reason }) => {
                    self.leave(code);
                    socket.close(code, &reason).await;
                    return;
                }
                Step::Wrote(Written::Failed) => {
                    self.leave(ABNORMAL);
                    return;
                }
            }
        }
    }

    /// Writes what waits, then reads unless too much waits.
    fn step(&self, socket: &mut Socket, cx: &mut Context<'_>) -> Poll<Step> {
        if let Poll::Ready(written) = socket.poll_write(cx, |cx| self.conn.outbox.poll_pop(cx)) {
            return Poll::Ready(Step::Wrote(written));
        }
        if self.conn.outbox.reply_bytes() > REPLY_BACKLOG_BYTES {
            return Poll::Pending;
        }
        socket.poll_read(cx).map(Step::Read)
    }

    /// Starts the answer to one message. Most answers are ready at once and need no task; the
    /// first poll of each happens in the order of the messages.
    fn take(&self, text: String) {
        let mut work = Box::pin(answer(
            Arc::clone(&self.shared),
            Arc::clone(&self.conn),
            text,
        ));
        let mut no_one = Context::from_waker(Waker::noop());
        match work.as_mut().poll(&mut no_one) {
            Poll::Ready(reply) => self.reply(reply),
            Poll::Pending => {
                let conn = Arc::clone(&self.conn);
                self.shared.tasks.spawn(async move {
                    if let Some(reply) = work.await {
                        conn.reply(reply);
                    }
                });
            }
        }
    }

    fn reply(&self, reply: Option<String>) {
        if let Some(reply) = reply {
            self.conn.reply(reply);
        }
    }

    fn leave(&mut self, code: u16) {
        self.node = None;
        self.shared.hub.leave(&self.conn.id);
        if let Some(canvas) = &self.shared.config.canvas {
            canvas.forget(&self.conn.id);
        }
        self.shared.metrics.closed(code);
        tracing::info!(target: "tidegate::wire", conn_id = %self.conn.id, code, "disconnected");
    }
}
