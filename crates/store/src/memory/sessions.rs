//! Sessions and their transcripts.

use std::cmp::Reverse;

use async_trait::async_trait;
use tidegate_core::run::{Once, RunState};
use tidegate_core::session::{SessionKey, SessionKind};
use tidegate_core::store::{
    Delivered, HistoryPage, HistoryQuery, Patched, Session, SessionListing, SessionQuery,
    SessionStore, SettingsPatch, StoreError,
};
use tidegate_core::transcript::{NewMessage, Part};
use tidegate_protocol::Patch;

use super::state::{Kept, Made, MemoryStore, Remembered, State, misuse, once_key};
use crate::rules;
use crate::words::{Search, name_contains, words};

impl State {
    fn patch(
        &mut self,
        key: &SessionKey,
        patch: SettingsPatch,
        new_session_id: &str,
        now_ms: u64,
    ) -> Result<Patched, StoreError> {
        const VERB: &str = "patch_session";
        if let Patch::Set(label) = &patch.label
            && self.has_label(label, Some(key))
        {
            return Ok(Patched::LabelTaken);
        }
        let stored = self.sessions.get(key);
        let parent = stored.and_then(|kept| kept.settings.spawned_by.as_deref());
        if rules::moves_parent(&patch, parent) {
            return Ok(Patched::SpawnedByFixed);
        }
        self.ensure_session(VERB, key, new_session_id, now_ms)?;
        if let Some(kept) = self.sessions.get_mut(key) {
            patch.label.clone().apply(&mut kept.label);
            patch.apply(&mut kept.settings);
        }
        let session = self
            .session(key)
            .ok_or_else(|| misuse(VERB, "the session is gone"))?;
        Ok(Patched::Ok(Box::new(session)))
    }

    /// Whether a session, other than this one, has the label.
    pub(super) fn has_label(&self, label: &str, but: Option<&SessionKey>) -> bool {
        let has = |kept: &Kept| kept.label.as_deref() == Some(label);
        self.sessions
            .iter()
            .any(|(key, kept)| has(kept) && Some(key) != but)
    }

    fn reset(
        &mut self,
        key: &SessionKey,
        new_session_id: String,
        now_ms: u64,
    ) -> Result<Session, StoreError> {
        const VERB: &str = "reset_session";
        self.renew_session(VERB, key, new_session_id, now_ms)?;
        self.session(key)
            .ok_or_else(|| misuse(VERB, "the session is gone"))
    }

    fn delete(&mut self, key: &SessionKey, messages: bool) -> bool {
        let Some(kept) = self.sessions.remove(key) else {
            return false;
        };
        if messages {
            self.transcripts.remove(&kept.id);
        }
        true
    }

    fn list(&self, query: &SessionQuery) -> Vec<SessionListing> {
        let search = query.search.as_deref().and_then(Search::parse);
        let mut found: Vec<_> = self
            .sessions
            .iter()
            .filter(|(key, kept)| is_wanted(query, key, kept))
            .filter(|(key, kept)| {
                search
                    .as_ref()
                    .is_none_or(|search| self.is_hit(search, key, kept))
            })
            .collect();
        found.sort_by_key(|(key, kept)| (Reverse(kept.updated_at_ms), *key));
        let found = found.into_iter().take(query.limit as usize);
        found
            .filter_map(|(key, kept)| self.listing(query, key, kept))
            .collect()
    }

    fn is_hit(&self, search: &Search, key: &SessionKey, kept: &Kept) -> bool {
        let transcript = self.transcripts.get(&kept.id);
        let title = transcript.and_then(|said| said.first_user_text.as_deref());
        let mut names = [Some(key.as_str()), kept.label.as_deref(), title].into_iter();
        let messages = transcript
            .map(|said| said.messages.as_slice())
            .unwrap_or_default();
        names.any(|name| name_contains(name, search.name()))
            || messages
                .iter()
                .any(|said| search.matches_words(&words(&said.body.text())))
    }

    fn listing(
        &self,
        query: &SessionQuery,
        key: &SessionKey,
        kept: &Kept,
    ) -> Option<SessionListing> {
        let transcript = self.transcripts.get(&kept.id)?;
        let at_work = |run: &tidegate_core::run::Run| {
            run.state == RunState::Running && run.session_key == *key
        };
        Some(SessionListing {
            session: self.session(key)?,
            first_user_text: transcript
                .first_user_text
                .clone()
                .filter(|_| query.with_first_text),
            last_text: transcript
                .last_text
                .clone()
                .filter(|_| query.with_last_text),
            active_run: self.runs.values().any(|kept| at_work(&kept.run)),
        })
    }

    fn history(&self, key: &SessionKey, query: HistoryQuery) -> Result<HistoryPage, StoreError> {
        let transcript = self
            .sessions
            .get(key)
            .and_then(|kept| self.transcripts.get(&kept.id));
        let mut page = HistoryPage::default();
        let mut bytes = 0_usize;
        let before = query.before.unwrap_or(u64::MAX);
        let said = transcript
            .map(|said| said.messages.as_slice())
            .unwrap_or_default();
        for message in said.iter().rev().filter(|message| message.seq < before) {
            bytes = bytes.saturating_add(stored_bytes(&message.body.parts)?);
            let full = page.messages.len() >= query.limit.max(1) as usize;
            if full || (bytes > query.max_bytes && !page.messages.is_empty()) {
                break;
            }
            page.messages.push(message.clone());
        }
        page.messages.reverse();
        page.next_before = page
            .messages
            .first()
            .map(|oldest| oldest.seq)
            .filter(|seq| *seq > 1);
        Ok(page)
    }

    fn deliver(
        &mut self,
        once: &Once,
        key: &SessionKey,
        new_session_id: &str,
        message: NewMessage,
    ) -> Result<Delivered, StoreError> {
        if let Some(known) = self.once.get(&once_key(once)) {
            return Ok(match known.made.clone() {
                Made::Message(message_id) if known.params_hash == once.params_hash => {
                    Delivered::Repeat { message_id }
                }
                _ => Delivered::KeyReused,
            });
        }
        let message_id = message.id.clone();
        let at_ms = message.at_ms;
        let session_id = self.ensure_session("deliver", key, new_session_id, at_ms)?;
        self.append(&session_id, message);
        let made = Made::Message(message_id.clone());
        let params_hash = once.params_hash.clone();
        self.once.insert(
            once_key(once),
            Remembered {
                params_hash,
                made,
                at_ms,
            },
        );
        Ok(Delivered::New { message_id })
    }
}

/// How many bytes the parts have where they are stored.
fn stored_bytes(parts: &[Part]) -> Result<usize, StoreError> {
    let text = serde_json::to_string(parts);
    let failed = |error| StoreError::Failed {
        verb: "history",
        source: Box::new(error),
    };
    text.map(|text| text.len()).map_err(failed)
}

fn is_wanted(query: &SessionQuery, key: &SessionKey, kept: &Kept) -> bool {
    let of_agent = |agent: &str| key.agent().is_some_and(|of| of.as_str() == agent);
    query
        .updated_since_ms
        .is_none_or(|since| kept.updated_at_ms >= since)
        && query.agent.as_deref().is_none_or(of_agent)
        && (query.label.is_none() || query.label == kept.label)
        && (query.spawned_by.is_none() || query.spawned_by == kept.settings.spawned_by)
        && (query.include_global || key.kind() != SessionKind::Global)
        && (query.include_unknown || key.kind() != SessionKind::Unknown)
}

#[async_trait]
impl SessionStore for MemoryStore {
    fn is_writable(&self) -> bool {
        true
    }

    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        Ok(self.state().session(key))
    }

    async fn session_by_id(&self, session_id: &str) -> Result<Option<Session>, StoreError> {
        let state = self.state();
        let found = state
            .sessions
            .iter()
            .find(|(_, kept)| kept.id == session_id);
        Ok(found.and_then(|(key, _)| state.session(key)))
    }

    async fn sessions(&self, query: SessionQuery) -> Result<Vec<SessionListing>, StoreError> {
        Ok(self.state().list(&query))
    }

    async fn session_count(&self, agent: Option<&str>) -> Result<u64, StoreError> {
        let state = self.state();
        let of = |key: &SessionKey| match agent {
            Some(agent) => key.agent().is_some_and(|of| of.as_str() == agent),
            None => true,
        };
        Ok(state.sessions.keys().filter(|key| of(key)).count() as u64)
    }

    async fn patch_session(
        &self,
        key: &SessionKey,
        patch: SettingsPatch,
        new_session_id: String,
        now_ms: u64,
    ) -> Result<Patched, StoreError> {
        self.state().patch(key, patch, &new_session_id, now_ms)
    }

    async fn reset_session(
        &self,
        key: &SessionKey,
        new_session_id: String,
        now_ms: u64,
    ) -> Result<Session, StoreError> {
        self.state().reset(key, new_session_id, now_ms)
    }

    async fn delete_session(&self, key: &SessionKey, messages: bool) -> Result<bool, StoreError> {
        Ok(self.state().delete(key, messages))
    }

    async fn history(
        &self,
        key: &SessionKey,
        query: HistoryQuery,
    ) -> Result<HistoryPage, StoreError> {
        self.state().history(key, query)
    }

    async fn deliver(
        &self,
        once: Once,
        key: &SessionKey,
        new_session_id: String,
        message: NewMessage,
    ) -> Result<Delivered, StoreError> {
        self.state().deliver(&once, key, &new_session_id, message)
    }
}
