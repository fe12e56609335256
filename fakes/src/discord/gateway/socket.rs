//! One connection: frames in, frames out, heartbeats.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until, timeout};

use super::command::take;
use super::session::{Opening, Order};
use crate::common::Line;
use crate::discord::record::Connection;
use crate::discord::world::Shared;

/// For one frame to leave; who does not read for so long is cut.
const WRITE: Duration = Duration::from_secs(10);
/// For the other side to answer a close.
const FAREWELL: Duration = Duration::from_secs(2);

/// A connection that has been let in.
pub(crate) struct Arrival {
    pub(crate) number: u64,
    pub(crate) opening: Option<Opening>,
    orders: Receiver<Order>,
    line: Line,
}

/// Lets a connection in, with the mischief that waits for it.
pub(crate) fn open(
    shared: &Shared,
    line: Line,
    by_resume_url: bool,
    query: Vec<(String, String)>,
) -> Arrival {
    let (number, opening, orders) = shared.with(|world| world.gateway.connect(line.clone()));
    shared.connections.push(Connection {
        number,
        at_ms: shared.clock.now_ms(),
        by_resume_url,
        query,
    });
    Arrival {
        number,
        opening,
        orders,
        line,
    }
}

impl Arrival {
    /// It never became a connection.
    pub(crate) fn leave(self, shared: &Shared) {
        shared.with(|world| {
            let now_ms = world.now_ms();
            world.gateway.disconnect(self.number, None, now_ms);
        });
    }

    /// Serves the connection until it ends.
    pub(crate) async fn serve(
        mut self,
        shared: Arc<Shared>,
        mut ws: WebSocket,
        refusal: Option<(u16, &'static str)>,
    ) {
        if let Some((code, reason)) = refusal {
            close(&mut ws, code, reason).await;
            return self.leave(&shared);
        }
        let close = self.converse(&shared, &mut ws).await;
        shared.with(|world| {
            let now_ms = world.now_ms();
            world.gateway.disconnect(self.number, close, now_ms);
        });
    }

    /// The code that the client closed with, if it did.
    async fn converse(&mut self, shared: &Shared, ws: &mut WebSocket) -> Option<u16> {
        let interval = shared.peek(|world| world.settings.heartbeat);
        if self.opening != Some(Opening::NoHello) {
            let hello = json!({
                "op": 10, "s": null, "t": null,
                "d": { "heartbeat_interval": interval.as_millis(), "_trace": [] },
            });
            send(ws, &hello).await?;
        }
        // The vendor has some tolerance; half an interval is ours.
        let patience = interval + interval / 2;
        let mut heard_by = Instant::now() + patience;
        loop {
            tokio::select! {
                () = self.line.ended() => return None,
                order = self.orders.recv() => self.carry_out(ws, order?).await?,
                () = sleep_until(heard_by) => {
                    close(ws, 4009, "Session timed out.").await;
                    return None;
                }
                frame = ws.recv() => match frame?.ok()? {
                    Message::Text(text) => {
                        if take(shared, self.number, &text) {
                            heard_by = Instant::now() + patience;
                        }
                    }
                    Message::Binary(_) => close(ws, 4002, "Error while decoding payload.").await,
                    Message::Close(frame) => return Some(frame.map_or(1005, |frame| frame.code)),
                    Message::Ping(_) | Message::Pong(_) => {}
                },
            }
        }
    }

    async fn carry_out(&self, ws: &mut WebSocket, order: Order) -> Option<()> {
        match order {
            Order::Send(frame) => send(ws, &frame).await,
            Order::Tear(frame) => {
                let bytes = frame.to_string().len();
                self.line.cut_after(bytes / 2);
                send(ws, &frame).await;
                // What is left of the frame never leaves.
                self.line.cut();
                None
            }
            Order::Close(code, reason) => {
                close(ws, code, reason).await;
                None
            }
        }
    }
}

async fn send(ws: &mut WebSocket, frame: &Value) -> Option<()> {
    let sent = timeout(WRITE, ws.send(Message::Text(frame.to_string().into()))).await;
    sent.ok()?.ok()
}

/// Closes with a code and waits until the other side has heard it.
async fn close(ws: &mut WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    let farewell = async {
        if ws.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = ws.recv().await {}
        }
    };
    // Gone either way: the answer to a close is a courtesy.
    let _answered = timeout(FAREWELL, farewell).await;
}
