//! Conversations that get another id.

use tidegate_core::channel::{AccountKey, Target};
use tidegate_core::routing::moved_key;
use tidegate_core::session::SessionKey;
use tidegate_core::store::OutboxState;

use super::state::State;

impl State {
    pub(super) fn move_peer(&mut self, account: &AccountKey, from: &str, to: &str) {
        if from == to {
            return;
        }
        self.remember_move(account, from, to);
        let move_target = |target: &mut Target| {
            let is_it = target.account == *account && target.peer.id == from;
            if is_it {
                to.clone_into(&mut target.peer.id);
            }
            is_it
        };
        for event in self.inbox.values_mut() {
            move_target(&mut event.row.target);
        }
        for part in self.outbox.values_mut() {
            let may_go = part.row.state.is_open() || part.row.state == OutboxState::Dead;
            if may_go && move_target(&mut part.row.item.target) {
                part.row.item.body.moved();
            }
        }
        for session in self.sessions.values_mut() {
            if let Some(origin) = &mut session.origin {
                move_target(&mut origin.target);
            }
        }
        let keys: Vec<_> = self.sessions.keys().cloned().collect();
        for old in keys {
            if let Some(new) = moved_key(&old, &account.channel, from, to) {
                self.rename_session(&old, &new);
            }
        }
    }

    /// Every old id leads to the newest one at once.
    fn remember_move(&mut self, account: &AccountKey, from: &str, to: &str) {
        self.moves.remove(&(account.clone(), to.to_owned()));
        for ((of, _), new) in &mut self.moves {
            if of == account && new == from {
                to.clone_into(new);
            }
        }
        self.moves
            .insert((account.clone(), from.to_owned()), to.to_owned());
    }

    /// Gives a session its new key, unless another has it.
    fn rename_session(&mut self, old: &SessionKey, new: &SessionKey) {
        if self.sessions.contains_key(new) {
            return;
        }
        if let Some(session) = self.sessions.remove(old) {
            self.sessions.insert(new.clone(), session);
        }
        let runs = self.runs.values_mut().map(|kept| &mut kept.run.session_key);
        let asked = self
            .inbox
            .values_mut()
            .filter_map(|event| event.row.session_key.as_mut());
        let told = self
            .outbox
            .values_mut()
            .filter_map(|part| part.row.item.session_key.as_mut());
        for key in runs.chain(asked).chain(told) {
            if key == old {
                key.clone_from(new);
            }
        }
    }
}
