//! Ids of requests to pair: the recorded ones stand for ours.

use serde_json::{Value, json};

use super::frames::word;
use super::play::Player;

/// Where a refused device is told its request.
const TOLD: &str = "/error/details/requestId";

impl Player<'_> {
    /// The same frame with our id in place of the recorded one.
    pub(super) fn with_our_request(&self, frame: &Value) -> Value {
        let mut frame = frame.clone();
        let recorded = word(&frame, "/params/requestId").to_owned();
        if let (Some(ours), Some(place)) = (
            self.our_request(&recorded),
            frame.pointer_mut("/params/requestId"),
        ) {
            *place = json!(ours);
        }
        frame
    }

    /// What our gateway told the connection that was told this id in the recording.
    fn our_request(&self, recorded: &str) -> Option<String> {
        let connections = self.recording.connections();
        let told = connections.iter().find_map(|(conn, found)| {
            let mut heard = found.heard.iter();
            let frame = heard.find(|frame| word(frame, TOLD) == recorded)?;
            Some((*conn, frame.get("id")?))
        });
        let (conn, id) = told.filter(|_| !recorded.is_empty())?;
        let ended = self.session.connections.get(&conn);
        let played = ended.or_else(|| self.live.get(&conn).map(|live| &live.played))?;
        let mut heard = played.heard.iter();
        let answer = heard.find(|frame| frame.get("id") == Some(id))?;
        Some(word(answer, TOLD).to_owned())
    }
}
