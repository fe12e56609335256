//! People on chat networks who ask to be let in, and those who were.

use async_trait::async_trait;
use tidegate_core::channel::AccountKey;
use tidegate_core::store::{
    AdmittedSender, SenderAsk, SenderAsked, SenderRequest, SenderStore, StoreError,
};
use tidegate_protocol::ChannelId;

use super::state::{MemoryStore, State, misuse};

impl State {
    fn ask_in(
        &mut self,
        ask: SenderAsk,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<SenderAsked, StoreError> {
        if ask.chat.account != ask.account {
            return Err(misuse("ask_in", "the chat is of another account"));
        }
        let kept = |kept: &SenderRequest| kept.at_ms >= expired_before_ms;
        let asks =
            |kept: &SenderRequest| kept.account == ask.account && kept.sender_id == ask.sender_id;
        let of_channel = |kept: &&SenderRequest| kept.account.channel == ask.account.channel;
        let waiting = self.sender_requests.iter().filter(|one| kept(one));
        let pending = waiting.clone().any(asks);
        let full = waiting.clone().filter(of_channel).count() >= max_pending as usize;
        let taken = waiting.filter(of_channel).any(|one| one.code == ask.code);
        if !pending && !full && taken {
            return Err(misuse("ask_in", "the code is taken"));
        }
        self.sender_requests.retain(kept);
        if pending {
            return Ok(SenderAsked::Pending);
        }
        if full {
            return Ok(SenderAsked::Full);
        }
        self.sender_requests.push(SenderRequest {
            account: ask.account,
            sender_id: ask.sender_id,
            name: ask.name,
            chat: ask.chat,
            code: ask.code,
            at_ms: ask.at_ms,
        });
        self.sender_requests.sort_by_key(|request| request.at_ms);
        Ok(SenderAsked::New)
    }

    fn admit(
        &mut self,
        channel: &ChannelId,
        code: &str,
        owner: bool,
        after_ms: u64,
        now_ms: u64,
    ) -> Option<AdmittedSender> {
        let meant = |request: &SenderRequest| {
            request.account.channel == *channel && request.code == code && request.at_ms > after_ms
        };
        let at = self.sender_requests.iter().position(meant)?;
        let asked = self.sender_requests.remove(at);
        let admitted = AdmittedSender {
            account: asked.account,
            sender_id: asked.sender_id,
            name: asked.name,
            chat: asked.chat,
            owner,
            at_ms: now_ms,
        };
        let key = (admitted.account.clone(), admitted.sender_id.clone());
        self.senders.insert(key, admitted.clone());
        Some(admitted)
    }
}

#[async_trait]
impl SenderStore for MemoryStore {
    async fn ask_in(
        &self,
        ask: SenderAsk,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<SenderAsked, StoreError> {
        self.state().ask_in(ask, expired_before_ms, max_pending)
    }

    async fn waiting(&self, after_ms: u64) -> Result<Vec<SenderRequest>, StoreError> {
        let mut waiting = self.state().sender_requests.clone();
        waiting.retain(|request| request.at_ms > after_ms);
        Ok(waiting)
    }

    async fn admit(
        &self,
        channel: &ChannelId,
        code: &str,
        owner: bool,
        after_ms: u64,
        now_ms: u64,
    ) -> Result<Option<AdmittedSender>, StoreError> {
        Ok(self.state().admit(channel, code, owner, after_ms, now_ms))
    }

    async fn admitted(
        &self,
        account: Option<&AccountKey>,
    ) -> Result<Vec<AdmittedSender>, StoreError> {
        let mut admitted: Vec<_> = self.state().senders.values().cloned().collect();
        admitted.retain(|sender| account.is_none_or(|account| sender.account == *account));
        admitted.sort_by_key(|sender| sender.at_ms);
        Ok(admitted)
    }

    async fn sender(
        &self,
        account: &AccountKey,
        sender_id: &str,
    ) -> Result<Option<AdmittedSender>, StoreError> {
        let key = (account.clone(), sender_id.to_owned());
        Ok(self.state().senders.get(&key).cloned())
    }

    async fn dismiss(&self, account: &AccountKey, sender_id: &str) -> Result<bool, StoreError> {
        let mut state = self.state();
        let before = state.sender_requests.len();
        let of =
            |request: &SenderRequest| request.account == *account && request.sender_id == sender_id;
        state.sender_requests.retain(|request| !of(request));
        let asked = state.sender_requests.len() < before;
        let key = (account.clone(), sender_id.to_owned());
        Ok(state.senders.remove(&key).is_some() || asked)
    }
}
