//! A sentence of the gateway itself.

use tidegate_core::channel::{OutboundPart, Target};
use tidegate_core::store::NewOutbound;

use super::parts::{expiry_from, reply_to};
use crate::Engine;
use crate::channels::Account;

impl Engine {
    /// A short message of the gateway itself, for the outbox.
    pub(crate) fn sentence(&self, group: String, target: Target, markdown: String) -> NewOutbound {
        let at_ms = self.now_ms();
        NewOutbound {
            group,
            part: 0,
            parts: 1,
            target,
            body: OutboundPart::text(markdown),
            session_key: None,
            run_id: None,
            expires_at_ms: expiry_from(at_ms),
            at_ms,
        }
    }

    /// The same in answer to a message, which it names where that is of use.
    pub(crate) fn sentence_to(
        &self,
        account: &Account,
        target: &Target,
        message_id: &str,
        markdown: &str,
    ) -> NewOutbound {
        let group = super::group::at_once(&*self.inner().ids);
        let mut sentence = self.sentence(group, target.clone(), markdown.to_owned());
        let can = account.channel.capabilities();
        sentence.body.reply_to = reply_to(target, message_id, can);
        sentence
    }
}
