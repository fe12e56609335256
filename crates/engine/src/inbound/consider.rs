//! What becomes of one event: who is heard, what it asks for, which session it belongs to. Nothing is
//! stored here but a stranger's request to be let in; the rest the door does, in order.

use std::collections::HashMap;

use tidegate_core::access::Verdict;
use tidegate_core::channel::{Heard, Inbound, InboundEvent, InboundMessage, InboxError, Target};
use tidegate_core::policy::Action;
use tidegate_core::store::{Arrival, Deed, InboxState};
use tidegate_core::{Chain, Resource, SessionKey, authorize};
use tidegate_protocol::Method;
use tidegate_protocol::api::chat::{ChatAbort, ChatSend};

use super::after::Edit;
use super::question::target;
use super::verdict::{is_owner, principal};
use crate::channels::Account;
use crate::{Engine, EngineError, commands};

/// How many messages of this batch ask in which session.
pub(super) type Asked = HashMap<SessionKey, usize>;

/// One event on its way in.
pub(super) struct Step {
    pub(super) heard: Heard,
    /// What is to be stored, and what follows when it is.
    pub(super) arrival: Option<(Arrival, Follow)>,
    /// The conversation has another id from here on.
    pub(super) moved: Option<Moved>,
    /// Other words for a message that came before.
    pub(super) edit: Option<Edit>,
}

/// A conversation got another id.
pub(super) struct Moved {
    pub(super) from: String,
    pub(super) to: String,
}

/// What follows when an arrival is stored.
pub(super) enum Follow {
    /// Its run is queued; and its sender sees that at once, or not.
    Run { acknowledge: bool },
    /// Nothing but the answer.
    Answer,
    /// The session's runs are stopped; this chat was answered.
    Stop(SessionKey, Target),
}

pub(super) const IGNORED: Step = Step {
    heard: Heard::Ignored,
    arrival: None,
    moved: None,
    edit: None,
};
/// Heard, and there is nothing to do.
pub(super) const NOTED: Step = Step {
    heard: Heard::Taken,
    arrival: None,
    moved: None,
    edit: None,
};

impl Engine {
    /// Admits and routes one event; nothing is stored yet.
    pub(super) async fn consider(
        &self,
        account: &Account,
        event: Inbound,
        asked: &mut Asked,
    ) -> Result<Step, InboxError> {
        let target = target(account, &event);
        match self.verdict(account, &event).await? {
            Verdict::Refuse(why) => {
                account.tally.refused(why);
                tracing::debug!(account = %account.key, peer = event.peer.id, sender = event.sender.id, why = why.as_str(), "not heard");
                Ok(IGNORED)
            }
            Verdict::AskOwner => self.stranger(account, &event, target).await,
            Verdict::Admit { owner } => {
                let sender = principal(account, &event, owner);
                self.admitted(account, &sender, event, target, asked).await
            }
        }
    }

    async fn stranger(
        &self,
        account: &Account,
        event: &Inbound,
        target: Target,
    ) -> Result<Step, InboxError> {
        let InboundEvent::Message(message) = &event.event else {
            return Ok(IGNORED);
        };
        let Some(outbound) = self.ask_owner(account, event, &target).await? else {
            return Ok(IGNORED);
        };
        let deed = Deed::Answer {
            ends: InboxState::Answered,
            outbound,
        };
        let arrival = arrival(event, message.message_id.clone(), target, deed);
        Ok(taken(arrival, Follow::Answer))
    }

    async fn admitted(
        &self,
        account: &Account,
        sender: &Chain,
        event: Inbound,
        target: Target,
        asked: &mut Asked,
    ) -> Result<Step, InboxError> {
        match &event.event {
            InboundEvent::Message(message) => {
                let message = message.clone();
                self.message(account, sender, &event, &message, target, asked)
                    .await
            }
            // A button says what its message would have said.
            InboundEvent::Pressed { message_id, value } => {
                let message = InboundMessage {
                    message_id: message_id.clone(),
                    text: value.clone(),
                    ..Default::default()
                };
                self.message(account, sender, &event, &message, target, asked)
                    .await
            }
            InboundEvent::Moved { to } => Ok(moved(&event.peer.id, to)),
            InboundEvent::Edited { .. } | InboundEvent::Reacted { .. } => {
                self.after(account, sender, event, target).await
            }
        }
    }

    async fn message(
        &self,
        account: &Account,
        sender: &Chain,
        event: &Inbound,
        message: &InboundMessage,
        target: Target,
        asked: &mut Asked,
    ) -> Result<Step, InboxError> {
        if message.text.trim().is_empty() && message.media.is_empty() {
            return Ok(NOTED);
        }
        let inner = self.inner();
        let owner = is_owner(sender);
        let route = inner
            .accounts
            .route(&inner.agents.names, account, event, owner);
        let key = route.session_key.clone();
        let resource = Resource::Session(key.clone());
        let id = message.message_id.clone();
        let may = |spec| authorize(sender, Action::Call(spec), &resource).is_ok();
        if let Some(text) = self.decided_by_word(sender, &message.text).await? {
            let deed = self.at_once(account, &target, &id, InboxState::Answered, &text);
            return Ok(taken(arrival(event, id, target, deed), Follow::Answer));
        }
        if commands::is_stop_word(&message.text) && may(&ChatAbort::SPEC) {
            let text = self.stopped_text(&key, asked);
            let deed = self.at_once(account, &target, &id, InboxState::Answered, text);
            let follow = Follow::Stop(key, target.clone());
            return Ok(taken(arrival(event, id, target, deed), follow));
        }
        if !may(&ChatSend::SPEC) {
            return Ok(IGNORED);
        }
        if self.refuses_messages(&key).await? {
            let text = "Messages to this conversation are switched off.";
            let deed = self.refused(account, &target, &id, text);
            return Ok(taken(arrival(event, id, target, deed), Follow::Answer));
        }
        if let Some(text) = self.said_while_busy(&key, &message.text).await? {
            let deed = self.at_once(account, &target, &id, InboxState::Answered, &text);
            return Ok(taken(arrival(event, id, target, deed), Follow::Answer));
        }
        let ahead = asked.get(&key).copied().unwrap_or(0);
        if !self.has_room(&key, ahead) {
            let text = "Too many messages wait here already. What comes now is not read: please send it again later.";
            let deed = self.refused(account, &target, &id, text);
            return Ok(taken(arrival(event, id, target, deed), Follow::Answer));
        }
        let renews = ahead == 0 && self.is_over(&key, route.kind).await?;
        asked.insert(key, ahead + 1);
        let run = self.question(account, sender, event, message, route, renews);
        let deed = Deed::Ask(Box::new(run));
        let acknowledge = inner.accounts.ack.is_for(event);
        let follow = Follow::Run { acknowledge };
        Ok(taken(arrival(event, id, target, deed), follow))
    }

    /// What somebody is told who decided about a command, if the message says that.
    async fn decided_by_word(
        &self,
        sender: &Chain,
        message: &str,
    ) -> Result<Option<String>, InboxError> {
        match self.approvals().by_word(sender, None, message).await {
            Ok(text) => Ok(text),
            Err(EngineError::Store(error)) => Err(error.into()),
            Err(_) => Err(InboxError::Closed),
        }
    }

    /// A message that is not read; the conversation is told so if it does not know it yet.
    fn refused(&self, account: &Account, target: &Target, message_id: &str, text: &str) -> Deed {
        let ends = InboxState::FailedWithNotice;
        if self.inner().refusals.may_tell(target) {
            self.at_once(account, target, message_id, ends, text)
        } else {
            let outbound = Vec::new();
            Deed::Answer { ends, outbound }
        }
    }

    /// A sentence of ours that answers a message.
    fn at_once(
        &self,
        account: &Account,
        target: &Target,
        message_id: &str,
        ends: InboxState,
        text: &str,
    ) -> Deed {
        Deed::Answer {
            ends,
            outbound: vec![self.sentence_to(account, target, message_id, text)],
        }
    }

    fn stopped_text(&self, key: &SessionKey, asked: &Asked) -> &'static str {
        if self.inner().lanes.is_busy(key) || asked.contains_key(key) {
            "Stopped."
        } else {
            "Nothing is being answered here."
        }
    }
}

fn taken(arrival: Arrival, follow: Follow) -> Step {
    Step {
        arrival: Some((arrival, follow)),
        ..NOTED
    }
}

fn moved(from: &str, to: &str) -> Step {
    Step {
        moved: Some(Moved {
            from: from.to_owned(),
            to: to.to_owned(),
        }),
        ..NOTED
    }
}

fn arrival(event: &Inbound, message_id: String, target: Target, deed: Deed) -> Arrival {
    Arrival {
        provider_id: event.provider_id.clone(),
        message_id,
        target,
        sender_id: event.sender.id.clone(),
        sent_at_ms: event.at_ms,
        deed,
    }
}
