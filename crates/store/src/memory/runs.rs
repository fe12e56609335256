//! Runs.

use std::collections::BTreeSet;
use std::convert::Infallible;

use async_trait::async_trait;
use tidegate_core::run::{Accepted, NewRun, Once, Run, RunRequest, RunState};
use tidegate_core::session::SessionKey;
use tidegate_core::store::{Finish, Recovered, RecoveryNote, RunStore, StoreError};
use tidegate_core::transcript::{NewMessage, open_calls};
use tidegate_protocol::RunId;

use super::state::{KeptRun, Made, MemoryStore, Remembered, State, misuse, once_key};
use crate::rules;

impl State {
    pub(super) fn run(&self, id: &RunId) -> Option<Run> {
        self.runs
            .get(&self.run_no(id)?)
            .map(|kept| kept.run.clone())
    }

    fn find_accepted(&self, once: &Once) -> Result<Option<Accepted>, StoreError> {
        let Some(known) = self.once.get(&once_key(once)) else {
            return Ok(None);
        };
        match &known.made {
            Made::Run(id) if known.params_hash == once.params_hash => {
                let gone = || misuse("find_accepted", "the run is gone");
                self.run(id)
                    .map(Accepted::Repeat)
                    .map(Some)
                    .ok_or_else(gone)
            }
            _ => Ok(Some(Accepted::KeyReused)),
        }
    }

    fn accept(&mut self, new: NewRun) -> Result<Accepted, StoreError> {
        const VERB: &str = "accept";
        if let Some(known) = self.find_accepted(&new.once)? {
            return Ok(known);
        }
        if !new.room {
            return Ok(Accepted::NoRoom);
        }
        let once = once_key(&new.once);
        let (params_hash, at_ms) = (new.once.params_hash.clone(), new.at_ms);
        let run = self.queue(VERB, new)?;
        let made = Made::Run(run.id.clone());
        self.once.insert(
            once,
            Remembered {
                params_hash,
                made,
                at_ms,
            },
        );
        Ok(Accepted::New(run))
    }

    /// Stores a run as queued, with its session, which begins anew if the run says so. Fails
    /// before anything is changed.
    pub(super) fn queue(&mut self, verb: &'static str, new: NewRun) -> Result<Run, StoreError> {
        let id = if self.run_no(&new.run_id).is_none() {
            new.run_id
        } else {
            new.spare_run_id
        };
        if self.run_no(&id).is_some() {
            return Err(misuse(verb, "both ids are taken"));
        }
        let key = new.session_key;
        let session_id = if new.renews {
            self.renew_session(verb, &key, new.new_session_id, new.at_ms)?
        } else {
            self.ensure_session(verb, &key, &new.new_session_id, new.at_ms)?
        };
        self.note_names(&key, &new.request);
        let run = Run {
            id,
            session_key: key,
            session_id,
            request: new.request,
            state: RunState::Queued,
            accepted_at_ms: new.at_ms,
            started_at_ms: None,
            ended_at_ms: None,
            end: None,
        };
        self.next_run += 1;
        let kept = KeptRun {
            run: run.clone(),
            turn: None,
            transcript: None,
        };
        self.runs.insert(self.next_run, kept);
        Ok(run)
    }

    /// Names a session that has no name, and notes where it was spoken to from.
    fn note_names(&mut self, key: &SessionKey, request: &RunRequest) {
        let label = request.label.as_ref();
        let label = label.filter(|label| !self.has_label(label, None)).cloned();
        let Some(kept) = self.sessions.get_mut(key) else {
            return;
        };
        if kept.label.is_none() {
            kept.label = label;
        }
        if request.origin.is_some() {
            kept.origin.clone_from(&request.origin);
        }
    }

    /// The numbers of runs; fails before anything is changed if there is no such run.
    fn numbers<'a>(
        &self,
        verb: &'static str,
        ids: impl Iterator<Item = &'a RunId>,
    ) -> Result<Vec<u64>, StoreError> {
        let number = |id| {
            self.run_no(id)
                .ok_or_else(|| misuse(verb, "there is no such run"))
        };
        ids.map(number).collect()
    }

    fn begin(&mut self, runs: Vec<(RunId, NewMessage)>, now_ms: u64) -> Result<(), StoreError> {
        const VERB: &str = "begin";
        let numbers = self.numbers(VERB, runs.iter().map(|(id, _)| id))?;
        let mut turn: Option<(u64, RunId)> = None;
        for (no, (run_id, message)) in numbers.into_iter().zip(runs) {
            let Some(run) = self.runs.get(&no).map(|kept| kept.run.clone()) else {
                continue;
            };
            if run.state != RunState::Queued {
                continue;
            }
            let id = self.ensure_session(VERB, &run.session_key, &run.session_id, now_ms)?;
            self.append(&id, message);
            let (first, lead) = turn.get_or_insert((no, run_id.clone()));
            if *first != no {
                self.join_turn(&run_id, lead);
            }
            if let Some(kept) = self.runs.get_mut(&no) {
                kept.run.state = RunState::Running;
                kept.run.started_at_ms = Some(now_ms);
                kept.turn = Some(*first);
                kept.transcript = Some(id);
            }
        }
        Ok(())
    }

    fn go_on(&mut self, id: &RunId, message: NewMessage) -> Result<bool, StoreError> {
        let no = self
            .run_no(id)
            .ok_or_else(|| misuse("go_on", "there is no such run"))?;
        let kept = self.runs.get(&no);
        let at_work = kept.filter(|kept| kept.run.state == RunState::Running);
        let Some(transcript) = at_work.and_then(|kept| kept.transcript.clone()) else {
            return Ok(false);
        };
        let at_ms = message.at_ms;
        self.append(&transcript, message);
        if let Some(kept) = self.writing(&transcript) {
            kept.updated_at_ms = kept.updated_at_ms.max(at_ms);
        }
        Ok(true)
    }

    /// Ends the calls of tools that a turn leaves without a result.
    fn end_calls(&mut self, transcript: &str, run: &RunId, at_ms: u64) {
        let messages = self.transcripts.get(transcript).into_iter();
        let of_run = messages
            .flat_map(|kept| kept.messages.iter().rev())
            .filter(|message| message.body.run_id.as_ref() == Some(run))
            .map(|message| Ok::<_, Infallible>(message.body.parts.clone()));
        let Ok(open) = open_calls(of_run);
        for call in open {
            self.append(transcript, rules::interrupted_call(run, &call, at_ms));
        }
    }

    fn reword(&mut self, id: &RunId, message: String) -> bool {
        let kept = self.run_no(id).and_then(|no| self.runs.get_mut(&no));
        let queued = kept.filter(|kept| kept.run.state == RunState::Queued);
        let Some(kept) = queued else {
            return false;
        };
        kept.run.request.message = message;
        true
    }

    fn finish(&mut self, finish: Finish) -> Result<(), StoreError> {
        let numbers = self.numbers("finish", finish.runs.iter())?;
        if let Some(fault) = rules::fault_of_parts(&finish.outbound) {
            return Err(misuse("finish", fault));
        }
        let goes_out = !finish.outbound.is_empty();
        // Where the answer goes, and whether the turn was at work; none if it ended before.
        let mut lead = None;
        for (at, (no, id)) in numbers.into_iter().zip(&finish.runs).enumerate() {
            let Some(kept) = self.runs.get(&no) else {
                continue;
            };
            let run = kept.run.clone();
            let transcript = match run.state {
                RunState::Ended => continue,
                RunState::Running => kept.transcript.clone().unwrap_or_default(),
                RunState::Queued => self.hear(&run, finish.at_ms),
            };
            match finish.runs.first() {
                Some(first) if at > 0 => self.join_turn(id, first),
                _ => lead = Some((transcript, run.state == RunState::Running)),
            }
            self.end_run(no, &finish.end, finish.at_ms);
            self.end_of_run(id, &finish.end, goes_out, finish.at_ms);
        }
        let Some((transcript, worked)) = lead else {
            return Ok(());
        };
        self.put("finish", finish.outbound)?;
        if let Some(run) = finish.runs.first() {
            self.end_calls(&transcript, run, finish.at_ms);
        }
        if let Some(message) = finish.message {
            self.append(&transcript, message);
        }
        self.note_end(&transcript, &finish.end, worked, finish.at_ms);
        Ok(())
    }

    /// Writes the words of a run down that ends before it began. Says under which session id.
    fn hear(&mut self, run: &Run, at_ms: u64) -> String {
        let current = self.sessions.get(&run.session_key);
        let id = current.map_or_else(|| run.session_id.clone(), |kept| kept.id.clone());
        let message = rules::unheard(&run.id, &run.request, run.accepted_at_ms);
        self.append(&id, message);
        if let Some(kept) = self.writing(&id) {
            kept.updated_at_ms = kept.updated_at_ms.max(at_ms);
        }
        id
    }

    fn end_run(&mut self, no: u64, end: &tidegate_core::run::RunEnd, at_ms: u64) {
        if let Some(kept) = self.runs.get_mut(&no) {
            kept.run.state = RunState::Ended;
            kept.run.ended_at_ms = Some(at_ms);
            kept.run.end = Some(end.clone());
        }
    }

    fn recover(&mut self, note: &RecoveryNote, now_ms: u64) -> Result<Recovered, StoreError> {
        let end = rules::interrupted_end(note);
        let in_state = |state: &Self, wanted| -> Vec<u64> {
            let found = state
                .runs
                .iter()
                .filter(|(_, kept)| kept.run.state == wanted);
            found.map(|(no, _)| *no).collect()
        };
        let mut recovered = Recovered::default();
        let mut turns = BTreeSet::new();
        for no in in_state(self, RunState::Running) {
            let Some(kept) = self.runs.get(&no) else {
                continue;
            };
            let (id, turn) = (kept.run.id.clone(), kept.turn);
            let transcript = kept.transcript.clone().unwrap_or_default();
            self.end_run(no, &end, now_ms);
            let Some(run) = self.run(&id) else { continue };
            if turns.insert(turn) {
                self.end_calls(&transcript, &id, now_ms);
                self.append(&transcript, rules::interrupted(&id, note, now_ms));
                self.note_end(&transcript, &end, false, now_ms);
                self.put("recover", (note.outbound)(&run, now_ms))?;
            }
            self.end_of_run(&id, &end, true, now_ms);
            recovered.interrupted.push(run);
        }
        let queued = in_state(self, RunState::Queued);
        let queued = queued.iter().filter_map(|no| self.runs.get(no));
        recovered.queued = queued.map(|kept| kept.run.clone()).collect();
        Ok(recovered)
    }

    fn prune(&mut self, ended_before_ms: u64) -> u64 {
        let before = self.runs.len() + self.once.len();
        let mut forgotten = BTreeSet::new();
        self.runs.retain(|_, kept| {
            let old = kept.run.ended_at_ms.is_some_and(|at| at < ended_before_ms);
            if old {
                forgotten.insert(kept.run.id.clone());
            }
            !old
        });
        let runs = forgotten.len();
        let mut with_runs = 0;
        self.once.retain(|_, known| match &known.made {
            Made::Run(id) if forgotten.contains(id) => {
                with_runs += 1;
                false
            }
            Made::Run(_) => true,
            Made::Message(_) => known.at_ms >= ended_before_ms,
        });
        debug_assert!(with_runs <= runs);
        (before - self.runs.len() - self.once.len() - with_runs) as u64
    }
}

#[async_trait]
impl RunStore for MemoryStore {
    async fn accept(&self, run: NewRun) -> Result<Accepted, StoreError> {
        self.state().accept(run)
    }

    async fn find_accepted(&self, once: &Once) -> Result<Option<Accepted>, StoreError> {
        self.state().find_accepted(once)
    }

    async fn begin(&self, runs: Vec<(RunId, NewMessage)>, now_ms: u64) -> Result<(), StoreError> {
        self.state().begin(runs, now_ms)
    }

    async fn go_on(&self, id: &RunId, message: NewMessage) -> Result<bool, StoreError> {
        self.state().go_on(id, message)
    }

    async fn reword(&self, id: &RunId, message: String) -> Result<bool, StoreError> {
        Ok(self.state().reword(id, message))
    }

    async fn finish(&self, finish: Finish) -> Result<(), StoreError> {
        self.state().finish(finish)
    }

    async fn run(&self, id: &RunId) -> Result<Option<Run>, StoreError> {
        Ok(self.state().run(id))
    }

    async fn recover(&self, note: RecoveryNote, now_ms: u64) -> Result<Recovered, StoreError> {
        self.state().recover(&note, now_ms)
    }

    async fn prune(&self, ended_before_ms: u64) -> Result<u64, StoreError> {
        Ok(self.state().prune(ended_before_ms))
    }
}
