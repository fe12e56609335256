//! Names that are new at every play: the recorded ones stand for ours in what is sent.

use std::collections::BTreeMap;

use serde_json::Value;

use super::frames::word;
use super::play::Player;
use super::proof;

/// The event that asks a node for something; its id comes back in the answer.
pub(super) const ASKED: &str = "node.invoke.request";
/// Where an answer tells a name that is sent later.
const TOLD: [&str; 2] = ["/payload/request/requestId", "/payload/node/token"];
/// Commands that our gateway refuses before a node hears of them: one says itself that it was
/// approved (D15), two have not the params that they want (issue 4).
const NEVER_SENT: [&str; 3] = ["inv-3", "inv-6", "inv-8"];

/// The key of a command that a node was asked for; none if ours is never asked.
pub(super) fn asked(frame: &Value) -> Option<&str> {
    let key = word(frame, "/payload/idempotencyKey");
    (!NEVER_SENT.contains(&key)).then_some(key)
}

/// Whether this is the same command. One that came by another method has a key of our own.
pub(super) fn is_asked(frame: &Value, recorded: &Value) -> bool {
    let text = |frame: &Value, place: &str| word(frame, place).to_owned();
    let key = text(recorded, "/payload/idempotencyKey");
    word(frame, "/event") == ASKED
        && text(frame, "/payload/command") == text(recorded, "/payload/command")
        && (key == text(frame, "/payload/idempotencyKey")
            || key.is_empty() && !text(frame, "/payload/idempotencyKey").starts_with("inv-"))
}

impl Player<'_> {
    /// The same frame with our names in place of the recorded ones.
    pub(super) fn with_our_names(&self, frame: &Value) -> Value {
        // A device that takes its own right back ends its own connection here (T18), and with it the
        // rest of the recording: it speaks of a device that we do not know instead.
        if word(frame, "/method").starts_with("device.token.") {
            return frame.clone();
        }
        let mut text = frame.to_string();
        for (recorded, ours) in self.names() {
            text = text.replace(&recorded, &ours);
        }
        serde_json::from_str(&text).unwrap_or_else(|_| frame.clone())
    }

    fn names(&self) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for (conn, recorded) in self.recording.connections() {
            let devices = recorded.sent.iter();
            names.extend(devices.filter_map(|frame| proof::renamed(frame)));
            let ended = self.session.connections.get(&conn);
            let played = ended.or_else(|| self.live.get(&conn).map(|live| &live.played));
            let heard = played.map_or(&[][..], |played| &played.heard);
            for then in recorded.heard {
                names.extend(told(then, heard));
            }
        }
        names
    }
}

/// The names in a recorded frame, and ours for them.
fn told(then: &Value, heard: &[Value]) -> Vec<(String, String)> {
    let pair = |place: &str, now: &Value| {
        let (old, new) = (word(then, place), word(now, place));
        (!old.is_empty() && !new.is_empty()).then(|| (old.to_owned(), new.to_owned()))
    };
    if word(then, "/event") == ASKED {
        let mut now = heard.iter().filter(|frame| is_asked(frame, then));
        return now
            .find_map(|now| pair("/payload/id", now))
            .into_iter()
            .collect();
    }
    let id = then.get("id");
    let now = heard
        .iter()
        .find(|frame| id.is_some() && frame.get("id") == id);
    now.map_or_else(Vec::new, |now| {
        TOLD.iter().filter_map(|place| pair(place, now)).collect()
    })
}
