//! One Socket Mode connection: the upgrade with its one-time ticket, then frames both ways.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::sockets::{Entered, Frame};
use crate::common::Line;
use crate::slack::core::Core;
use crate::slack::query;
use crate::slack::trace::Step;
use crate::slack::trouble::Trouble;

/// What a client says: nothing but acknowledgements.
#[derive(Deserialize)]
struct Ack {
    envelope_id: String,
    #[serde(default)]
    payload: Value,
}

/// Serves the URL of `apps.connections.open`. Faults of it are planned under the name `socket`.
pub(in crate::slack) async fn upgrade(
    State(core): State<Arc<Core>>,
    ConnectInfo(line): ConnectInfo<Line>,
    uri: Uri,
    upgrade: WebSocketUpgrade,
) -> Response {
    let trouble = Trouble::of(&core.faults, "socket", line.clone());
    if let Some(refused) = trouble.refused().await {
        return refused;
    }
    let ticket = query::value(&uri, "ticket").unwrap_or_default();
    if !core.dispatch.sockets().redeem(&ticket) {
        return StatusCode::FORBIDDEN.into_response();
    }
    trouble.strike().await;
    upgrade.on_upgrade(move |socket| run(core, socket, line))
}

async fn run(core: Arc<Core>, mut socket: WebSocket, line: Line) {
    let Entered {
        id,
        mut frames,
        greeted,
    } = core.dispatch.sockets().enter(line.clone());
    if greeted {
        core.step(Step::Opened { socket: id });
    }
    let every = core.rules.ping_every;
    let mut pings = interval_at(Instant::now() + every, every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let going = tokio::select! {
            () = line.ended() => false,
            frame = frames.recv() => write(&mut socket, &line, frame).await,
            _ = pings.tick() => ping(&core, id, &mut socket, &line).await,
            said = socket.recv() => match said {
                Some(Ok(message)) => hear(&core, id, &message),
                Some(Err(_)) | None => false,
            },
        };
        if !going {
            break;
        }
    }
    core.dispatch.sockets().leave(id);
    core.step(Step::Closed { socket: id });
}

/// Writes one frame. False if the socket has ended by it.
async fn write(socket: &mut WebSocket, line: &Line, frame: Option<Frame>) -> bool {
    let (message, last) = match frame {
        Some(Frame::Text(text)) => (Message::Text(text.into()), false),
        Some(Frame::Close) => (Message::Close(None), true),
        None => return false,
    };
    send(socket, line, message).await && !last
}

async fn ping(core: &Core, id: u64, socket: &mut WebSocket, line: &Line) -> bool {
    if !core.dispatch.sockets().count_ping(id) {
        return true;
    }
    send(socket, line, Message::Ping("Ping from applink-fake".into())).await
}

async fn send(socket: &mut WebSocket, line: &Line, message: Message) -> bool {
    tokio::select! {
        sent = socket.send(message) => sent.is_ok(),
        () = line.ended() => false,
    }
}

/// Takes what the client said. False if it said goodbye.
fn hear(core: &Core, id: u64, message: &Message) -> bool {
    core.dispatch.sockets().count_pong(id);
    match message {
        Message::Text(text) => take_ack(core, text),
        Message::Close(_) => return false,
        _ => {}
    }
    true
}

fn take_ack(core: &Core, text: &str) {
    let Ok(ack) = serde_json::from_str::<Ack>(text) else {
        core.step(Step::StrayAck {
            envelope: String::new(),
        });
        return;
    };
    if !core.dispatch.sockets().acked(&ack.envelope_id, ack.payload) {
        core.step(Step::StrayAck {
            envelope: ack.envelope_id,
        });
    }
}
