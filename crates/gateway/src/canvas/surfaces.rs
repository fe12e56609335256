//! What A2UI messages described, kept for pages that come later: a page that is loaded again asks
//! for it and shows the same. It is the messages themselves, without those that later ones cover.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tidegate_core::SessionKey;
use tidegate_core::canvas::CanvasError;

use super::message::{Kind, SurfaceMessage};

/// Bytes of messages that are kept for one session: four times what a page of forms has.
const SESSION_BYTES: usize = 1 << 20;
/// Messages that are kept for one session.
const SESSION_MESSAGES: usize = 1_000;
/// Messages of one call.
const CALL_MESSAGES: usize = 200;
/// Surfaces of one session: what the page shows at most.
const SESSION_SURFACES: usize = 32;
/// Sessions with surfaces; the one that was changed longest ago gives way.
const SESSIONS: usize = 64;

/// The surfaces of every session.
#[derive(Debug, Default)]
pub(super) struct Surfaces(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    changes: u64,
    sessions: HashMap<SessionKey, Kept>,
}

#[derive(Debug, Clone, Default)]
struct Kept {
    changed: u64,
    messages: Vec<SurfaceMessage>,
}

impl Surfaces {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds messages, all or none. Gives the ids of the surfaces that there are afterwards.
    pub(super) fn push(
        &self,
        session: &SessionKey,
        messages: &[Value],
    ) -> Result<Vec<String>, CanvasError> {
        if messages.is_empty() || messages.len() > CALL_MESSAGES {
            return Err(CanvasError::Message(format!(
                "send 1 to {CALL_MESSAGES} messages at once"
            )));
        }
        let read = messages
            .iter()
            .enumerate()
            .map(|(at, message)| SurfaceMessage::read(message, at))
            .collect::<Result<Vec<_>, _>>()?;
        let mut state = self.lock();
        state.changes += 1;
        let mut kept = state.sessions.get(session).cloned().unwrap_or_default();
        kept.changed = state.changes;
        for message in read {
            kept.add(message)?;
        }
        let ids = kept.ids();
        kept.within_bounds(ids.len())?;
        state.keep(session, kept);
        Ok(ids)
    }

    /// Every message that is needed to show the session's surfaces, in order.
    pub(super) fn of(&self, session: &SessionKey) -> Vec<Value> {
        let state = self.lock();
        let kept = state.sessions.get(session);
        kept.map(|kept| kept.messages.iter().map(|one| one.value.clone()).collect())
            .unwrap_or_default()
    }

    /// Takes all away.
    pub(super) fn reset(&self, session: &SessionKey) {
        self.lock().sessions.remove(session);
    }
}

impl State {
    fn keep(&mut self, session: &SessionKey, kept: Kept) {
        if kept.messages.is_empty() {
            self.sessions.remove(session);
            return;
        }
        if self.sessions.len() >= SESSIONS && !self.sessions.contains_key(session) {
            let oldest = self.sessions.iter().min_by_key(|(_, kept)| kept.changed);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.sessions.remove(&oldest);
            }
        }
        self.sessions.insert(session.clone(), kept);
    }
}

impl Kept {
    fn add(&mut self, message: SurfaceMessage) -> Result<(), CanvasError> {
        let again =
            |old: &SurfaceMessage| old.kind == Kind::Create && old.surface == message.surface;
        if message.kind == Kind::Create && self.messages.iter().any(again) {
            return Err(CanvasError::Message(format!(
                "surface \"{}\" exists: send deleteSurface before createSurface",
                message.surface
            )));
        }
        self.messages.retain(|old| !message.covers(old));
        if message.kind != Kind::Delete {
            self.messages.push(message);
        }
        Ok(())
    }

    fn within_bounds(&self, surfaces: usize) -> Result<(), CanvasError> {
        let bytes: usize = self.messages.iter().map(|one| one.bytes).sum();
        let many = surfaces > SESSION_SURFACES || self.messages.len() > SESSION_MESSAGES;
        if many || bytes > SESSION_BYTES {
            return Err(CanvasError::TooMuch(format!(
                "a session has at most {SESSION_SURFACES} surfaces of {SESSION_MESSAGES} messages and {} KiB: delete a surface, or reset",
                SESSION_BYTES >> 10
            )));
        }
        Ok(())
    }

    fn ids(&self) -> Vec<String> {
        let ids: BTreeSet<&str> = self
            .messages
            .iter()
            .map(|one| one.surface.as_str())
            .collect();
        ids.into_iter().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn session(name: &str) -> SessionKey {
        SessionKey::stored(format!("agent:main:{name}"))
    }

    #[test]
    fn what_is_shown_is_given_again_in_order() {
        let surfaces = Surfaces::default();
        let messages = [
            json!({ "version": "v0.9", "createSurface": { "surfaceId": "gate", "catalogId": "basic" } }),
            json!({ "version": "v0.9", "updateDataModel": { "surfaceId": "gate", "value": { "n": 1 } } }),
            json!({ "version": "v0.9", "updateComponents": { "surfaceId": "gate", "components": [{ "id": "root", "component": "Text" }] } }),
        ];
        let ids = surfaces.push(&session("a"), &messages).unwrap();
        assert_eq!(ids, ["gate"]);
        assert_eq!(surfaces.of(&session("a")), messages);
        assert_eq!(surfaces.of(&session("b")), Vec::<Value>::new());
        // A clock that ticks a million times needs the room of one message.
        for n in 0..2_000 {
            let tick = json!({ "version": "v0.9", "updateDataModel": { "surfaceId": "gate", "value": { "n": n } } });
            surfaces.push(&session("a"), &[tick]).unwrap();
        }
        let kept = surfaces.of(&session("a"));
        assert_eq!(kept.len(), 3);
        assert_eq!(kept[2]["updateDataModel"]["value"]["n"], 1_999);
        assert!(
            surfaces.push(&session("a"), &messages[..1]).is_err(),
            "it exists"
        );
        let gone = json!({ "version": "v0.9", "deleteSurface": { "surfaceId": "gate" } });
        assert!(surfaces.push(&session("a"), &[gone]).unwrap().is_empty());
        assert!(surfaces.of(&session("a")).is_empty());
    }

    #[test]
    fn a_batch_is_taken_whole_or_not_at_all() {
        let surfaces = Surfaces::default();
        let good = json!({ "beginRendering": { "surfaceId": "a", "root": "r" } });
        let bad = json!({ "beginRendering": { "root": "r" } });
        assert!(surfaces.push(&session("a"), &[good.clone(), bad]).is_err());
        assert!(surfaces.of(&session("a")).is_empty());
        let text = "x".repeat(300 << 10);
        let large = |id: &str| json!({ "surfaceUpdate": { "surfaceId": id, "components": [{ "id": text }] } });
        let all = [large("a"), large("b"), large("c"), large("d")];
        assert!(matches!(
            surfaces.push(&session("a"), &all),
            Err(CanvasError::TooMuch(_))
        ));
        assert!(surfaces.push(&session("a"), &all[..3]).is_ok());
        assert!(surfaces.push(&session("a"), &[]).is_err());
        assert!(surfaces.push(&session("a"), &vec![good; 201]).is_err());
    }

    #[test]
    fn sixty_four_sessions_have_surfaces() {
        let surfaces = Surfaces::default();
        let begin = [json!({ "beginRendering": { "surfaceId": "a", "root": "r" } })];
        for n in 0..65 {
            surfaces.push(&session(&n.to_string()), &begin).unwrap();
        }
        assert!(surfaces.of(&session("0")).is_empty());
        assert_eq!(surfaces.of(&session("64")).len(), 1);
        surfaces.reset(&session("64"));
        assert!(surfaces.of(&session("64")).is_empty());
    }
}
