//! Strangers in direct chats: they are shown a code, and the owner lets them in by it (DECISIONS
//! D14).

use tidegate_core::channel::{AccountKey, Inbound, Target};
use tidegate_core::store::{
    AdmittedSender, NewOutbound, SenderAsk, SenderAsked, SenderRequest, StoreError,
};
use tidegate_core::text::{label_name, pairing_code, read_pairing_code};
use tidegate_protocol::ChannelId;

use crate::channels::Account;
use crate::delivery::group;
use crate::{Engine, EngineError};

/// A code is good for so long, in milliseconds (DECISIONS D14).
pub const PAIRING_TTL_MS: u64 = 60 * 60 * 1000;
/// People of one channel who may wait at once (DECISIONS D14).
const MAX_WAITING: u32 = 3;

impl Engine {
    /// What a stranger is told: a code, once. `None` if there is nothing to say; that costs reads
    /// alone (SECURITY T30).
    pub(super) async fn ask_owner(
        &self,
        account: &Account,
        event: &Inbound,
        target: &Target,
    ) -> Result<Option<Vec<NewOutbound>>, StoreError> {
        let inner = self.inner();
        let at_ms = self.now_ms();
        let after = at_ms.saturating_sub(PAIRING_TTL_MS);
        let waiting = inner.senders.waiting(after).await?;
        let asked = waiting
            .iter()
            .find(|request| request.account == account.key && request.sender_id == event.sender.id);
        if let Some(request) = asked {
            // Nothing was said yet if the gateway ended between the request and the answer.
            let name = group::pairing_code(&account.key, &request.sender_id, request.at_ms);
            let told = !inner.outbox.group(&name).await?.is_empty();
            let notice = self.code_notice(account, event, target, &request.code, name);
            return Ok((!told).then(|| vec![notice]));
        }
        let of_channel = waiting
            .iter()
            .filter(|request| request.account.channel == account.key.channel);
        if of_channel.count() >= MAX_WAITING as usize {
            return Ok(None);
        }
        let code = pairing_code(|| inner.ids.secret());
        let ask = SenderAsk {
            account: account.key.clone(),
            sender_id: event.sender.id.clone(),
            name: event.sender.name.as_deref().map(label_name),
            chat: target.clone(),
            code: code.clone(),
            at_ms,
        };
        if inner.senders.ask_in(ask, after, MAX_WAITING).await? != SenderAsked::New {
            return Ok(None);
        }
        self.announce_stranger(account, event, &code, at_ms + PAIRING_TTL_MS);
        account.ledger.touch();
        let name = group::pairing_code(&account.key, &event.sender.id, at_ms);
        Ok(Some(vec![
            self.code_notice(account, event, target, &code, name),
        ]))
    }

    fn code_notice(
        &self,
        account: &Account,
        event: &Inbound,
        target: &Target,
        code: &str,
        group: String,
    ) -> NewOutbound {
        let text = format!(
            "This gateway does not know you yet. Its owner can let you in with:\n\n\
             `tidegate pairing approve {} {code}`\n\n\
             Your id here is `{}`. The code is good for one hour.",
            account.key.channel, event.sender.id
        );
        self.sentence(group, target.clone(), text)
    }

    /// Those who wait to be let in, oldest first.
    ///
    /// # Errors
    /// The store failed.
    pub async fn pairing_requests(&self) -> Result<Vec<SenderRequest>, EngineError> {
        let after = self.now_ms().saturating_sub(PAIRING_TTL_MS);
        Ok(self.inner().senders.waiting(after).await?)
    }

    /// Lets in whoever was shown this code, and tells the person. `None` if nobody was, or if the
    /// code is too old.
    ///
    /// # Errors
    /// The store failed.
    pub async fn approve_sender(
        &self,
        channel: &ChannelId,
        code: &str,
        owner: bool,
    ) -> Result<Option<AdmittedSender>, EngineError> {
        let Some(code) = read_pairing_code(code) else {
            return Ok(None);
        };
        let inner = self.inner();
        let now_ms = self.now_ms();
        let after = now_ms.saturating_sub(PAIRING_TTL_MS);
        let admitted = inner
            .senders
            .admit(channel, &code, owner, after, now_ms)
            .await?;
        let Some(sender) = admitted else {
            return Ok(None);
        };
        tracing::info!(account = %sender.account, sender = sender.sender_id, owner, "a sender was let in");
        let group = group::let_in(&*inner.ids);
        let text = "You are let in. Write to me.".to_owned();
        let notice = self.sentence(group, sender.chat.clone(), text);
        inner.outbox.put(vec![notice]).await?;
        self.outbox_changed(&sender.account);
        if let Some(account) = inner.accounts.get(&sender.account) {
            account.ledger.touch();
        }
        Ok(Some(sender))
    }

    /// Everybody who was let in.
    ///
    /// # Errors
    /// The store failed.
    pub async fn admitted_senders(&self) -> Result<Vec<AdmittedSender>, EngineError> {
        Ok(self.inner().senders.admitted(None).await?)
    }

    /// Takes a right away, or a request. Says whether one was there.
    ///
    /// # Errors
    /// The store failed.
    pub async fn dismiss_sender(
        &self,
        account: &AccountKey,
        sender_id: &str,
    ) -> Result<bool, EngineError> {
        let dismissed = self.inner().senders.dismiss(account, sender_id).await?;
        if let Some(account) = self.inner().accounts.get(account) {
            account.ledger.touch();
        }
        Ok(dismissed)
    }
}
