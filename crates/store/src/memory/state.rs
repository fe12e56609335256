//! What is kept, and what several verbs do with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::approval::Approval;
use tidegate_core::channel::AccountKey;
use tidegate_core::origin::Origin;
use tidegate_core::run::{Once, Run, RunEnd};
use tidegate_core::session::SessionKey;
use tidegate_core::store::{
    AdmittedSender, Device, PairRequest, SenderRequest, Session, SessionSettings, StoreError,
    StoredRules, TrustChange,
};
use tidegate_core::transcript::{Maker, Message, NewMessage, Speaker, Usage};
use tidegate_protocol::{DeviceId, RunId};

use super::nodes::KeptNodes;
use crate::parts::KeptPart;
use crate::rules;
use crate::trace::KeptEvent;

/// The ports of state in memory. Clones share what they keep; diacritics count in a search.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) sessions: BTreeMap<SessionKey, Kept>,
    /// By session id.
    pub(super) transcripts: BTreeMap<String, Transcript>,
    /// In the order of acceptance.
    pub(super) runs: BTreeMap<u64, KeptRun>,
    pub(super) next_run: u64,
    /// By principal, method and key.
    pub(super) once: BTreeMap<(String, &'static str, String), Remembered>,
    pub(super) devices: BTreeMap<DeviceId, Device>,
    /// In the order of arrival.
    pub(super) pair_requests: Vec<PairRequest>,
    /// Oldest first; they outlive the device.
    pub(super) trust_changes: BTreeMap<DeviceId, Vec<TrustChange>>,
    /// In the order of arrival.
    pub(super) inbox: BTreeMap<u64, KeptEvent>,
    pub(super) next_event: u64,
    /// By account and owner.
    pub(super) cursors: BTreeMap<(AccountKey, String), String>,
    /// The newest id, by account and old id.
    pub(super) moves: BTreeMap<(AccountKey, String), String>,
    pub(super) outbox: BTreeMap<u64, KeptPart>,
    pub(super) next_part: u64,
    /// Oldest first.
    pub(super) sender_requests: Vec<SenderRequest>,
    /// By account and sender.
    pub(super) senders: BTreeMap<(AccountKey, String), AdmittedSender>,
    pub(super) nodes: KeptNodes,
    pub(super) exec_rules: Option<StoredRules>,
    /// Oldest first.
    pub(super) approvals: Vec<Approval>,
}

/// A session without what its transcript tells.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) created_at_ms: u64,
    pub(super) updated_at_ms: u64,
    pub(super) label: Option<String>,
    pub(super) settings: SessionSettings,
    pub(super) aborted_last_run: bool,
    pub(super) last_usage: Option<Usage>,
    pub(super) last_maker: Option<Maker>,
    pub(super) origin: Option<Origin>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Transcript {
    pub(super) messages: Vec<Message>,
    pub(super) first_user_text: Option<String>,
    pub(super) last_text: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct KeptRun {
    pub(super) run: Run,
    /// The first run of the turn that it became part of.
    pub(super) turn: Option<u64>,
    /// The session id under which that turn is written.
    pub(super) transcript: Option<String>,
}

/// A request that was carried out.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    pub(super) params_hash: String,
    pub(super) made: Made,
    pub(super) at_ms: u64,
}

/// What a request made.
#[derive(Debug, Clone)]
pub(super) enum Made {
    Run(RunId),
    Message(String),
}

/// The error of a verb that was called with something that cannot be.
pub(super) fn misuse(verb: &'static str, what: &'static str) -> StoreError {
    StoreError::Failed {
        verb,
        source: what.into(),
    }
}

pub(super) fn once_key(once: &Once) -> (String, &'static str, String) {
    (once.principal.clone(), once.method, once.key.clone())
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn session(&self, key: &SessionKey) -> Option<Session> {
        let kept = self.sessions.get(key)?;
        let said = self
            .transcripts
            .get(&kept.id)
            .map_or(0, |said| said.messages.len());
        Some(Session {
            key: key.clone(),
            id: kept.id.clone(),
            created_at_ms: kept.created_at_ms,
            updated_at_ms: kept.updated_at_ms,
            label: kept.label.clone(),
            settings: kept.settings.clone(),
            aborted_last_run: kept.aborted_last_run,
            last_usage: kept.last_usage,
            last_maker: kept.last_maker.clone(),
            message_count: said as u64,
            origin: kept.origin.clone(),
        })
    }

    /// The session that writes under this id.
    pub(super) fn writing(&mut self, id: &str) -> Option<&mut Kept> {
        self.sessions.values_mut().find(|kept| kept.id == id)
    }

    /// Whether a session may take this id: no other has it.
    pub(super) fn id_is_free(&self, key: &SessionKey, id: &str) -> bool {
        !self
            .sessions
            .iter()
            .any(|(other, kept)| other != key && kept.id == id)
    }

    /// Makes a session if needed, or notes its change, and says its id.
    pub(super) fn ensure_session(
        &mut self,
        verb: &'static str,
        key: &SessionKey,
        new_session_id: &str,
        now_ms: u64,
    ) -> Result<String, StoreError> {
        if let Some(kept) = self.sessions.get_mut(key) {
            kept.updated_at_ms = kept.updated_at_ms.max(now_ms);
            return Ok(kept.id.clone());
        }
        if !self.id_is_free(key, new_session_id) {
            return Err(misuse(verb, "another session has this id"));
        }
        let id = new_session_id.to_owned();
        self.transcripts.entry(id.clone()).or_default();
        let kept = Kept {
            id: id.clone(),
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            label: None,
            settings: SessionSettings::default(),
            aborted_last_run: false,
            last_usage: None,
            last_maker: None,
            origin: None,
        };
        self.sessions.insert(key.clone(), kept);
        Ok(id)
    }

    /// Gives the key a new session id, keeping label and settings; makes the session if needed.
    pub(super) fn renew_session(
        &mut self,
        verb: &'static str,
        key: &SessionKey,
        new_session_id: String,
        now_ms: u64,
    ) -> Result<String, StoreError> {
        if !self.id_is_free(key, &new_session_id) {
            return Err(misuse(verb, "another session has this id"));
        }
        self.ensure_session(verb, key, &new_session_id, now_ms)?;
        self.transcripts.entry(new_session_id.clone()).or_default();
        if let Some(kept) = self.sessions.get_mut(key) {
            kept.id.clone_from(&new_session_id);
            kept.aborted_last_run = false;
            kept.last_usage = None;
            kept.last_maker = None;
        }
        Ok(new_session_id)
    }

    /// Appends a message; a transcript that was taken away takes its late words along.
    pub(super) fn append(&mut self, session_id: &str, body: NewMessage) {
        let Some(transcript) = self.transcripts.get_mut(session_id) else {
            return;
        };
        if let Some(excerpt) = rules::excerpt(&body.text()) {
            if body.speaker == Speaker::User {
                transcript
                    .first_user_text
                    .get_or_insert_with(|| excerpt.clone());
            }
            transcript.last_text = Some(excerpt);
        }
        let seq = transcript.messages.len() as u64 + 1;
        transcript.messages.push(Message { seq, body });
    }

    /// Notes the end of a turn with its session, if that still writes under the same id.
    pub(super) fn note_end(&mut self, session_id: &str, end: &RunEnd, worked: bool, at_ms: u64) {
        let Some(kept) = self.writing(session_id) else {
            return;
        };
        kept.updated_at_ms = kept.updated_at_ms.max(at_ms);
        kept.aborted_last_run = rules::cut_short(end.status);
        kept.last_usage = rules::tokens(end, worked).or(kept.last_usage);
        if end.maker.is_some() {
            kept.last_maker.clone_from(&end.maker);
        }
    }

    pub(super) fn run_no(&self, id: &RunId) -> Option<u64> {
        self.runs
            .iter()
            .find(|(_, kept)| kept.run.id == *id)
            .map(|(no, _)| *no)
    }
}
