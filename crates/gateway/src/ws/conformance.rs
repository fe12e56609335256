//! An echo for Autobahn's test suite, in place of the handshake: listener, upgrade, meter, socket
//! and the ways of closing are those of every connection. Compiled with the feature `conformance`
//! only; whoever reaches the port may use it.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use hyper::upgrade::OnUpgrade;
use tidegate_outbox::Frame;

use super::scan::Limits;
use super::socket::{Input, Payload, Socket, Written};
use super::upgrade::open;
use crate::state::Shared;

/// Where the echo answers.
pub(super) const PATH: &str = "/__conformance__/echo";

/// The suite sends messages of 16 MiB, in fragments of 64 bytes, and bursts of pings. Our own limits, which
/// would end its cases with 1008 and 1009, have tests of their own.
const LIMITS: Limits = Limits {
    message_bytes: 16 * 1024 * 1024,
    fragments: u32::MAX,
    control_frames_per_s: u32::MAX,
};

/// Sends back what comes until the connection ends.
pub(super) async fn serve(shared: Arc<Shared>, upgraded: OnUpgrade) {
    let Some((mut socket, _gauges)) = open(&shared, upgraded, LIMITS).await else {
        return;
    };
    let mut waiting = None;
    loop {
        match step(&mut socket, &mut waiting).await {
            Ok(Payload::Text(text)) => waiting = Some(Frame::Reply(text)),
            Ok(Payload::Binary(bytes)) if socket.send_binary(bytes.clone()).await => {}
            Err(Some(Input::Broken { code, reason })) => {
                return socket.close(code.code, reason).await;
            }
            Err(Some(_)) => return socket.answer_close().await,
            Ok(_) | Err(None) => return,
        }
    }
}

/// Writes what waits, as a session does, and reads once nothing waits. `Err(None)`: the socket
/// failed.
async fn step(socket: &mut Socket, waiting: &mut Option<Frame>) -> Result<Payload, Option<Input>> {
    poll_fn(|cx| {
        let written = socket.poll_write(cx, |_| waiting.take().map_or(Poll::Pending, Poll::Ready));
        match written {
            Poll::Ready(Written::Failed | Written::Closing { .. }) => Poll::Ready(Err(None)),
            Poll::Pending if waiting.is_some() => Poll::Pending,
            Poll::Pending => socket.poll_payload(cx).map_err(Some),
        }
    })
    .await
}
