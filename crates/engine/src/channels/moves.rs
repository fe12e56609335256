//! Conversations that get another id: the store, the rules, and what waits or works, in one step.

use std::collections::HashSet;

use tidegate_core::SessionKey;
use tidegate_core::channel::Target;
use tidegate_core::routing::moved_key;
use tidegate_core::store::StoreError;

use super::Account;
use crate::Engine;
use crate::waiting_lines::WaitingLines;

impl Engine {
    /// The network gave a conversation of ours another id. Only while all gates are held: between
    /// the store and the lanes nothing of the conversation may come.
    pub(crate) async fn move_conversation(
        &self,
        account: &Account,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        let inner = self.inner();
        let now_ms = self.now_ms();
        inner
            .inbox
            .move_peer(&account.key, from, to, now_ms)
            .await?;
        inner.accounts.moved(account, from, to);
        let moves = |target: &mut Target| {
            if target.account == account.key && target.peer.id == from {
                to.clone_into(&mut target.peer.id);
            }
        };
        for old in self.keys_in_memory() {
            let new = moved_key(&old, &account.key.channel, from, to);
            if let Some(new) = new
                && self.is_renamed(&old, &new).await?
            {
                inner.lanes.rename(&old, &new, moves);
                inner.live.rename(&old, &new);
                inner.system_events.rename(&old, &new);
                inner.reactions.rename(&old, &new);
            }
        }
        tracing::warn!(account = %account.key, from, to, "a group has a new id; the rules for the old one hold for it");
        Ok(())
    }

    /// The sessions that something in memory waits for or works in.
    fn keys_in_memory(&self) -> HashSet<SessionKey> {
        let inner = self.inner();
        let waiting = [&inner.system_events, &inner.reactions];
        let waiting = waiting.into_iter().flat_map(WaitingLines::keys);
        waiting.chain(inner.lanes.keys()).collect()
    }

    /// Whether the store gave the session its new key; it does not if another has that.
    async fn is_renamed(&self, old: &SessionKey, new: &SessionKey) -> Result<bool, StoreError> {
        let sessions = &self.inner().sessions;
        Ok(sessions.session(old).await?.is_none() && sessions.session(new).await?.is_some())
    }
}
