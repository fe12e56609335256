//! Plays the client's side of a recording against a daemon of ours and keeps what it answers.
//!
//! A frame is sent when everything that the recorded client had heard before it, and that we
//! have at all, was heard again. So what was one after the other in the recording is so here.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use super::awaited::{Awaited, awaited};
use super::frames::{Catalog, requests, word};
use super::recording::{Recording, What};
use super::tokens::Token;
use crate::{Closed, Got, RawClient};

/// How long one expected frame is waited for; what does not come is missed by the comparison.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than a client may send (V3 4): what an oversized message was is not in the recording.
const TOO_LARGE_BYTES: usize = 600 * 1024;

/// What our gateway did.
#[derive(Debug, Default)]
pub struct Session {
    /// By the number of the recorded connection.
    pub connections: BTreeMap<u32, Played>,
    /// Connections that were not played, and why.
    pub skipped: BTreeMap<u32, &'static str>,
    /// Connections that showed a token made for these scopes and asked for others. The January
    /// server refused them; we let them in with what both have (T14).
    pub narrowed: BTreeMap<u32, Vec<Value>>,
}

/// One connection of ours.
#[derive(Debug, Default)]
pub struct Played {
    /// Frames of the gateway.
    pub heard: Vec<Value>,
    /// How it ended.
    pub closed: Option<Closed>,
}

/// Plays a recording against the gateway on this port.
///
/// # Errors
/// The gateway does not take connections any more.
pub async fn play(recording: &Recording, port: u16) -> io::Result<Session> {
    let catalog = Catalog::new();
    let keys = requests(recording.sent())
        .iter()
        .filter(|request| catalog.methods.contains(request.method))
        .filter_map(|request| request.params.get("idempotencyKey")?.as_str())
        .collect();
    let mut player = Player {
        recording,
        port,
        keys,
        catalog,
        live: BTreeMap::new(),
        tokens: BTreeMap::new(),
        session: Session::default(),
    };
    for index in 0..recording.lines.len() {
        player.take(index).await?;
    }
    let open: Vec<u32> = player.live.keys().copied().collect();
    for conn in open {
        player.catch_up(conn, recording.lines.len()).await;
        player.leave(conn).await?;
    }
    Ok(player.session)
}

pub(super) struct Player<'r> {
    pub(super) recording: &'r Recording,
    pub(super) port: u16,
    catalog: Catalog,
    /// Idempotency keys, and so runs, of methods that we have.
    keys: BTreeSet<&'r str>,
    pub(super) live: BTreeMap<u32, Live>,
    /// Recorded device tokens, and what stands for each.
    pub(super) tokens: BTreeMap<&'r str, Token>,
    pub(super) session: Session,
}

pub(super) struct Live {
    client: RawClient,
    pub(super) played: Played,
    /// The next line of the recording that was not waited for.
    line: usize,
    /// How many frames had come when something was last done to the gateway.
    acted: usize,
}

impl Live {
    async fn wait(&mut self, awaited: &Awaited<'_>) {
        let read = async {
            while !awaited.came(&self.played.heard) && self.read().await? {}
            io::Result::Ok(())
        };
        // What did not come, or is broken, is missed by the comparison.
        let _ = timeout(PATIENCE, read).await;
    }

    /// Reads one frame; false at the end.
    async fn read(&mut self) -> io::Result<bool> {
        match self.client.next().await? {
            Got::Frame(frame) => self.played.heard.push(frame),
            Got::Closed(closed) => self.played.closed = Some(closed),
        }
        Ok(self.played.closed.is_none())
    }
}

impl<'r> Player<'r> {
    async fn take(&mut self, index: usize) -> io::Result<()> {
        let Some(line) = self.recording.lines.get(index) else {
            return Ok(());
        };
        let conn = line.conn;
        if self.session.skipped.contains_key(&conn) {
            return Ok(());
        }
        match &line.what {
            What::Opened(label) => {
                // A new connection may show a token that another one was given.
                self.catch_up_all(index).await;
                return self.open(conn, index, label).await;
            }
            What::Heard(frame) => return self.learn(frame).await,
            What::Sent(_) | What::Left | What::Closed(_) => {}
        }
        self.answered_all(index).await;
        self.catch_up(conn, index).await;
        for live in self.live.values_mut() {
            live.acted = live.played.heard.len();
        }
        match &line.what {
            What::Sent(frame) => self.send(conn, frame).await,
            What::Left => self.leave(conn).await,
            What::Closed(closed) => self.end(conn, closed).await,
            What::Opened(_) | What::Heard(_) => Ok(()),
        }
    }

    async fn open(&mut self, conn: u32, index: usize, label: &str) -> io::Result<()> {
        let silent = self
            .recording
            .connections()
            .get(&conn)
            .is_none_or(|found| found.sent.is_empty());
        if silent {
            let why = "D4: the deadline of the handshake is 15 s, not 10 s; it has a test of its own on a held clock";
            self.session.skipped.insert(conn, why);
            return Ok(());
        }
        let proxied = [("x-forwarded-for", "203.0.113.9")];
        let from_elsewhere = ["untrusted proxy header", "remote device"];
        let headers: &[(&str, &str)] = if from_elsewhere.iter().any(|what| label.starts_with(what))
        {
            &proxied
        } else {
            &[]
        };
        let client = RawClient::connect(self.port, headers).await?;
        self.live.insert(
            conn,
            Live {
                client,
                played: Played::default(),
                line: index,
                acted: 0,
            },
        );
        Ok(())
    }

    /// Waits for every answer that any recorded client had before this line: what is sent now may
    /// change what they would be answered.
    async fn answered_all(&mut self, index: usize) {
        let recording = self.recording;
        for (conn, live) in &mut self.live {
            let lines = recording.lines.iter().enumerate();
            let missed = lines.take(index).skip(live.line);
            for (at, line) in missed.filter(|(_, line)| line.conn == *conn) {
                let What::Heard(frame) = &line.what else {
                    continue;
                };
                let ours = (&self.catalog, &self.keys);
                if let Some(answer @ Awaited::Answer(..)) =
                    awaited(recording, ours, (at, frame), live.acted)
                {
                    live.wait(&answer).await;
                }
            }
        }
    }

    async fn catch_up_all(&mut self, index: usize) {
        let open: Vec<u32> = self.live.keys().copied().collect();
        for conn in open {
            self.catch_up(conn, index).await;
        }
    }

    /// Waits for all that the recorded client had heard before this line.
    async fn catch_up(&mut self, conn: u32, index: usize) {
        let Some(live) = self.live.get_mut(&conn) else {
            return;
        };
        let from = std::mem::replace(&mut live.line, index);
        let recording = self.recording;
        let lines = recording.lines.iter().enumerate().take(index).skip(from);
        for (at, line) in lines.filter(|(_, line)| line.conn == conn) {
            let What::Heard(frame) = &line.what else {
                continue;
            };
            let Some(live) = self.live.get_mut(&conn) else {
                return;
            };
            let ours = (&self.catalog, &self.keys);
            if let Some(awaited) = awaited(recording, ours, (at, frame), live.acted) {
                live.wait(&awaited).await;
                self.keep_token(conn, frame);
            }
        }
    }

    async fn send(&mut self, conn: u32, frame: &'r Value) -> io::Result<()> {
        let label = self
            .recording
            .connections()
            .get(&conn)
            .map_or("", |found| found.label);
        let Some(live) = self.live.get_mut(&conn) else {
            return Ok(());
        };
        let text = match frame {
            // Recorded alike: a text that is no JSON, and a JSON string.
            Value::String(text) if label != "JSON string" => text.clone(),
            frame if word(frame, "/method") == "connect" => {
                let challenge = live.played.heard.first().cloned().unwrap_or_default();
                self.note_narrowed(conn, frame);
                self.connect(conn, frame, &challenge).to_string()
            }
            frame => self
                .with_our_names(&self.with_our_request(frame))
                .to_string(),
        };
        match self.live.get_mut(&conn) {
            Some(live) => live.client.send_text(text).await,
            None => Ok(()),
        }
    }

    async fn leave(&mut self, conn: u32) -> io::Result<()> {
        let Some(mut live) = self.live.remove(&conn) else {
            return Ok(());
        };
        if live.played.closed.is_none() {
            live.client.close().await?;
        }
        self.session.connections.insert(conn, live.played);
        Ok(())
    }

    /// Reads to the end that the gateway makes.
    async fn end(&mut self, conn: u32, recorded: &Closed) -> io::Result<()> {
        if self.session.narrowed.contains_key(&conn) {
            return self.leave(conn).await;
        }
        let Some(mut live) = self.live.remove(&conn) else {
            return Ok(());
        };
        if recorded.code == 1009 {
            live.client.send_text("x".repeat(TOO_LARGE_BYTES)).await?;
        }
        let read = async {
            while live.read().await? {}
            io::Result::Ok(())
        };
        let _ = timeout(PATIENCE, read).await;
        self.session.connections.insert(conn, live.played);
        Ok(())
    }
}
