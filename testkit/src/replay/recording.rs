//! A recording: what clients of the January server sent and heard, line by line (V3 section 12).

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Closed;

/// The recordings that are replayed.
pub const NAMES: [&str; 5] = [
    "cli",
    "handshake-errors",
    "agent-chat",
    "device-pairing",
    "nodes",
];
/// Code of a close without a code: clients of the family close so.
const NO_CODE: u16 = 1005;

/// One file of `testkit/recordings`.
#[derive(Debug)]
pub struct Recording {
    /// Its name, without the ending.
    pub name: String,
    /// Its lines, in the order of time.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Debug)]
pub struct Line {
    /// The connection.
    pub conn: u32,
    /// What happened on it.
    pub what: What,
}

/// What happened on a connection.
#[derive(Debug)]
pub enum What {
    /// It was opened; a scripted client says what it is about to try.
    Opened(String),
    /// The client sent a frame.
    Sent(Value),
    /// The server sent a frame.
    Heard(Value),
    /// The client closed it, without a code.
    Left,
    /// The server closed it.
    Closed(Closed),
}

/// One connection of a recording.
#[derive(Debug, Default)]
pub struct Connection<'r> {
    /// What the client was about to try; empty if it was a real one.
    pub label: &'r str,
    /// Frames of the client.
    pub sent: Vec<&'r Value>,
    /// Frames of the server.
    pub heard: Vec<&'r Value>,
    /// How the server ended it; none if the client did.
    pub closed: Option<&'r Closed>,
}

/// The folder of the recordings and of the list of differences.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings")
}

impl Recording {
    /// Reads a recording of `testkit/recordings`.
    ///
    /// # Errors
    /// The file cannot be read, or a line is not understood.
    pub fn load(name: &str) -> io::Result<Self> {
        let text = std::fs::read_to_string(folder().join(format!("{name}.jsonl")))?;
        Self::parse(name, &text)
    }

    /// Reads the lines of a recording.
    ///
    /// # Errors
    /// A line is not understood.
    pub fn parse(name: &str, text: &str) -> io::Result<Self> {
        let mut lines = Vec::new();
        let mut over = BTreeSet::new();
        for (number, text) in text.lines().enumerate() {
            let odd = || io::Error::other(format!("{name}.jsonl:{}: not understood", number + 1));
            let raw: Value = serde_json::from_str(text)?;
            let conn = raw.get("conn").and_then(Value::as_u64);
            let conn = conn
                .and_then(|conn| u32::try_from(conn).ok())
                .ok_or_else(odd)?;
            let what = what(&raw).ok_or_else(odd)?;
            // A proxy between the two noted its own end of the connection as well.
            let ends = matches!(what, What::Left | What::Closed(_));
            if !ends || over.insert(conn) {
                lines.push(Line { conn, what });
            }
        }
        Ok(Self {
            name: name.to_owned(),
            lines,
        })
    }

    /// The connections by their number.
    pub fn connections(&self) -> BTreeMap<u32, Connection<'_>> {
        let mut found: BTreeMap<u32, Connection<'_>> = BTreeMap::new();
        for line in &self.lines {
            let connection = found.entry(line.conn).or_default();
            match &line.what {
                What::Opened(label) => connection.label = label,
                What::Sent(frame) => connection.sent.push(frame),
                What::Heard(frame) => connection.heard.push(frame),
                What::Closed(closed) => connection.closed = Some(closed),
                What::Left => {}
            }
        }
        found
    }

    /// Every frame that a client sent.
    pub fn sent(&self) -> impl Iterator<Item = &Value> {
        self.lines.iter().filter_map(|line| match &line.what {
            What::Sent(frame) => Some(frame),
            _ => None,
        })
    }

    /// Every frame that the server sent.
    pub fn heard(&self) -> impl Iterator<Item = &Value> {
        self.lines.iter().filter_map(|line| match &line.what {
            What::Heard(frame) => Some(frame),
            _ => None,
        })
    }
}

fn what(raw: &Value) -> Option<What> {
    let text = |key: &str| raw.get(key).and_then(Value::as_str);
    Some(match (text("kind")?, text("dir")) {
        ("open", _) => What::Opened(text("label").unwrap_or_default().to_owned()),
        ("frame", Some("c2s")) => What::Sent(raw.get("json")?.clone()),
        ("frame", Some("s2c")) => What::Heard(raw.get("json")?.clone()),
        ("close", _) => {
            let code = u16::try_from(raw.get("code")?.as_u64()?).ok()?;
            let reason = text("reason")?.to_owned();
            if code == NO_CODE {
                What::Left
            } else {
                What::Closed(Closed { code, reason })
            }
        }
        _ => return None,
    })
}
