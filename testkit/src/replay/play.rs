//! Plays the client's side of a recording against a daemon of ours and keeps what it answers.
//!
//! A frame is sent when everything that the recorded client had heard before it, and that we
//! have at all, was heard again. So what was one after the other in the recording is so here.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tidegate_protocol::version::PROTOCOL_MAX;
use tokio::time::timeout;

use super::frames::{Catalog, Step, requests, step, word};
use super::proof::{Challenge, renew};
use super::recording::{Recording, What};
use crate::{Closed, Got, RawClient};

/// How long one expected frame is waited for; what does not come is missed by the comparison.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than a client may send (V3 4): what an oversized message was is not in the recording.
const TOO_LARGE_BYTES: usize = 600 * 1024;
/// Stands for a token that was revoked: nobody has it.
const REVOKED: &str = "00000000000000000000000000000000";
/// The shared secret of the recordings.
pub(super) const TOKEN: &str = "dummy-token-123";

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
    let mut player =
        Player { recording, port, keys, catalog, live: BTreeMap::new(), tokens: BTreeMap::new(), session: Session::default() };
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

struct Player<'r> {
    recording: &'r Recording,
    port: u16,
    catalog: Catalog,
    /// Idempotency keys, and so runs, of methods that we have.
    keys: BTreeSet<&'r str>,
    live: BTreeMap<u32, Live>,
    /// Recorded device tokens, and what stands for each.
    tokens: BTreeMap<&'r str, Token>,
    session: Session,
}

/// What stands for a recorded device token.
#[derive(Debug, Clone)]
struct Token {
    ours: String,
    /// Which of a device's keys it belongs to.
    alias: &'static str,
    /// What it was made for; a request within it is made with the device's own token.
    scopes: Vec<Value>,
}

struct Live {
    client: RawClient,
    played: Played,
    /// The next line of the recording that was not waited for.
    line: usize,
    /// How many frames had come when something was last done to the gateway.
    acted: usize,
}

/// Something to wait for.
#[derive(Debug)]
enum Awaited<'r> {
    Answer(&'r Value, usize),
    Event(&'r str),
    Run(&'r str, Step),
    /// Told after this many frames.
    Presence(usize),
}

impl Awaited<'_> {
    fn came(&self, heard: &[Value]) -> bool {
        let named = |frame: &Value, name: &str| word(frame, "/event") == name;
        match self {
            Self::Answer(id, times) => heard.iter().filter(|frame| frame.get("id") == Some(*id)).count() >= *times,
            Self::Event(name) => heard.iter().any(|frame| named(frame, name)),
            Self::Run(run, far) => heard.iter().any(|frame| step(frame) == Some((*run, *far))),
            Self::Presence(after) => heard.iter().skip(*after).any(|frame| named(frame, "presence")),
        }
    }
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
        let Some(line) = self.recording.lines.get(index) else { return Ok(()) };
        let conn = line.conn;
        if self.session.skipped.contains_key(&conn) {
            return Ok(());
        }
        match &line.what {
            What::Opened(label) => return self.open(conn, index, label).await,
            What::Heard(frame) => return self.learn(frame).await,
            What::Sent(_) | What::Left | What::Closed(_) => {}
        }
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
        let silent = self.recording.connections().get(&conn).is_none_or(|found| found.sent.is_empty());
        if silent {
            let why = "D4: the deadline of the handshake is 15 s, not 10 s; it has a test of its own on a held clock";
            self.session.skipped.insert(conn, why);
            return Ok(());
        }
        let proxied = [("x-forwarded-for", "203.0.113.9")];
        let headers: &[(&str, &str)] = if label.starts_with("untrusted proxy header") { &proxied } else { &[] };
        let client = RawClient::connect(self.port, headers).await?;
        self.live.insert(conn, Live { client, played: Played::default(), line: index, acted: 0 });
        Ok(())
    }

    /// Waits for all that the recorded client had heard before this line.
    async fn catch_up(&mut self, conn: u32, index: usize) {
        let Some(live) = self.live.get_mut(&conn) else { return };
        let from = live.line;
        live.line = index;
        let lines = self.recording.lines.iter().enumerate().take(index).skip(from);
        for (at, line) in lines.filter(|(_, line)| line.conn == conn) {
            let What::Heard(frame) = &line.what else { continue };
            let Some(awaited) = awaited(self.recording, &self.catalog, &self.keys, (at, frame), live.acted) else {
                continue;
            };
            live.wait(&awaited).await;
            if let Some(token) = frame.pointer("/payload/auth/deviceToken").and_then(Value::as_str) {
                let ours = live.played.heard.iter().map(|frame| word(frame, "/payload/auth/deviceToken"));
                let rotated = self.tokens.get(token).is_some_and(|token| !token.alias.is_empty());
                if let Some(ours) = ours.filter(|token| !token.is_empty()).find(|_| !rotated) {
                    self.tokens.insert(token, Token { ours: ours.to_owned(), alias: "", scopes: Vec::new() });
                }
            }
        }
    }

    async fn send(&mut self, conn: u32, frame: &'r Value) -> io::Result<()> {
        let label = self.recording.connections().get(&conn).map_or("", |found| found.label);
        let Some(live) = self.live.get_mut(&conn) else { return Ok(()) };
        let text = match frame {
            // Recorded alike: a text that is no JSON, and a JSON string.
            Value::String(text) if label != "JSON string" => text.clone(),
            frame if word(frame, "/method") == "connect" => {
                let challenge = live.played.heard.first().cloned().unwrap_or_default();
                self.note_narrowed(conn, frame);
                self.connect(conn, frame, &challenge).to_string()
            }
            frame => frame.to_string(),
        };
        match self.live.get_mut(&conn) {
            Some(live) => live.client.send_text(text).await,
            None => Ok(()),
        }
    }

    /// A `connect` with our token, our challenge and a device of ours.
    fn connect(&self, conn: u32, frame: &Value, challenge: &Value) -> Value {
        let recorded = frame.get("params").unwrap_or(&Value::Null);
        let Value::Object(params) = recorded else { return frame.clone() };
        let mut params = params.clone();
        renumber(&mut params);
        let token = self.token(recorded);
        if let (Some(token), Some(Value::Object(auth))) = (token, params.get_mut("auth")) {
            auth.insert("token".into(), json!(token.ours));
        }
        let connections = self.recording.connections();
        let first = connections.get(&conn).and_then(|found| found.heard.first().copied());
        if let (Some(then), Some(now)) = (first.and_then(Challenge::read), Challenge::read(challenge)) {
            renew(&mut params, recorded, then, now, token.map_or("", |token| token.alias));
        }
        let mut frame = frame.clone();
        if let Some(place) = frame.get_mut("params") {
            *place = Value::Object(params);
        }
        frame
    }

    fn note_narrowed(&mut self, conn: u32, frame: &Value) {
        let params = frame.get("params").unwrap_or(&Value::Null);
        let rotated = |token: &&Token| !token.alias.is_empty() && token.ours != REVOKED;
        if let Some(token) = self.token(params).filter(rotated) {
            let scopes = token.scopes.clone();
            self.session.narrowed.insert(conn, scopes);
        }
    }

    /// Our token for this request.
    fn token(&self, params: &Value) -> Option<&Token> {
        let token = self.tokens.get(word(params, "/auth/token"))?;
        let asked = params.get("scopes").and_then(Value::as_array);
        let within = asked.is_some_and(|asked| asked.iter().all(|scope| token.scopes.contains(scope)));
        if token.alias.is_empty() || token.ours == REVOKED || !within {
            return Some(token);
        }
        let device = word(params, "/device/id");
        let connections = self.recording.connections();
        let own = connections.values().filter(|found| found.sent.iter().any(|frame| word(frame, "/params/device/id") == device));
        let mut given = own.flat_map(|found| found.heard.iter().map(|frame| word(frame, "/payload/auth/deviceToken")));
        given.find_map(|given| self.tokens.get(given)).or(Some(token))
    }

    /// Rotating and revoking tokens come in a later issue. For a rotated token stands one of
    /// another device that was given the same scopes; for a revoked one, one that nobody has.
    async fn learn(&mut self, frame: &'r Value) -> io::Result<()> {
        if let Some(token) = frame.pointer("/payload/token").and_then(Value::as_str)
            && let Some(Value::Array(scopes)) = frame.pointer("/payload/scopes")
        {
            let alias = "rotated";
            if let Some(ours) = self.other_device(word(frame, "/payload/deviceId"), scopes, alias).await? {
                self.tokens.insert(token, Token { ours, alias, scopes: scopes.clone() });
            }
        }
        if frame.pointer("/payload/revokedAtMs").is_some() {
            for token in self.tokens.values_mut().filter(|token| token.alias == "rotated") {
                REVOKED.clone_into(&mut token.ours);
            }
        }
        Ok(())
    }

    /// Pairs another device for this recorded one, as the owner, and gives its token.
    async fn other_device(&self, id: &str, scopes: &[Value], alias: &str) -> io::Result<Option<String>> {
        let connections = self.recording.connections();
        let of_it = |frame: &&&Value| word(frame, "/params/device/id") == id;
        let found = connections.values().find_map(|found| Some((found, *found.sent.iter().find(of_it)?)));
        let Some((connection, frame)) = found else { return Ok(None) };
        let then = connection.heard.first().copied().and_then(Challenge::read);
        let mut client = RawClient::connect(self.port, &[]).await?;
        let challenge = client.next_frame().await?;
        let (Some(then), Some(now)) = (then, Challenge::read(&challenge)) else { return Ok(None) };
        let recorded = frame.get("params").unwrap_or(&Value::Null);
        let mut params = recorded.as_object().cloned().unwrap_or_else(Map::new);
        params.insert("scopes".into(), json!(scopes));
        // One-shot command lines are not in the presence list.
        if let Some(Value::Object(client)) = params.get_mut("client") {
            client.insert("mode".into(), json!("cli"));
        }
        renew(&mut params, recorded, then, now, alias);
        let hello = client.request("connect", Value::Object(params)).await?;
        client.close().await?;
        Ok(hello.pointer("/payload/auth/deviceToken").and_then(Value::as_str).map(str::to_owned))
    }

    async fn leave(&mut self, conn: u32) -> io::Result<()> {
        let Some(mut live) = self.live.remove(&conn) else { return Ok(()) };
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
        let Some(mut live) = self.live.remove(&conn) else { return Ok(()) };
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

/// The January server spoke protocol 3 alone. A range that it took is cut there, so that we speak
/// it too; one that was too new for it is made too new for us.
fn renumber(params: &mut Map<String, Value>) {
    let number = |params: &Map<String, Value>, key: &str| params.get(key).and_then(Value::as_u64);
    match (number(params, "minProtocol"), number(params, "maxProtocol")) {
        (Some(4..), _) => params.insert("minProtocol".into(), json!(PROTOCOL_MAX + 1)),
        (Some(_), Some(4..)) => params.insert("maxProtocol".into(), json!(3)),
        _ => None,
    };
}

/// What to wait for where the recorded client heard this frame; none for what we do not have.
fn awaited<'r>(
    recording: &'r Recording,
    catalog: &Catalog,
    keys: &BTreeSet<&str>,
    (at, frame): (usize, &'r Value),
    acted: usize,
) -> Option<Awaited<'r>> {
    if let Some(id) = frame.get("id") {
        let conn = recording.lines.get(at)?.conn;
        let before = recording.lines.iter().take(at).filter(|line| line.conn == conn);
        let same = |line: &&super::recording::Line| matches!(&line.what, What::Heard(other) if other.get("id") == Some(id));
        let times = before.filter(same).count() + 1;
        return Some(Awaited::Answer(id, times));
    }
    if let Some((run, step)) = step(frame) {
        return keys.contains(run).then_some(Awaited::Run(run, step));
    }
    match word(frame, "/event") {
        "presence" => Some(Awaited::Presence(acted)),
        "health" | "tick" => None,
        name => catalog.events.contains(name).then_some(Awaited::Event(name)),
    }
}
