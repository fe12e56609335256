//! What people do after they wrote: they give a message other words, which counts while it waits,
//! and they react, which the agent reads before the next words of that conversation.

use tidegate_core::channel::{Inbound, InboundEvent, InboundMessage, InboxError, PeerKind, Target};
use tidegate_core::policy::Action;
use tidegate_core::run::{Run, RunRequest};
use tidegate_core::store::{Arrival, Deed, StoreError};
use tidegate_core::text::{label_name, label_sign};
use tidegate_core::{Chain, Resource, SessionKey, authorize};
use tidegate_protocol::Method;
use tidegate_protocol::api::chat::ChatSend;

use super::consider::{IGNORED, NOTED, Step};
use super::question::words;
use super::verdict::is_owner;
use crate::channels::Account;
use crate::{Engine, commands};

/// Other words for a message.
pub(super) struct Edit {
    key: SessionKey,
    target: Target,
    event: Inbound,
    message: InboundMessage,
}

impl Edit {
    /// Changes the message if it came in the same batch, and so is not stored yet.
    pub(super) fn amend(&self, arrivals: &mut [Arrival]) {
        let asked = arrivals
            .iter_mut()
            .filter_map(|arrival| match &mut arrival.deed {
                Deed::Ask(run) => Some(&mut run.request),
                Deed::Answer { .. } => None,
            });
        for request in asked.filter(|request| self.is_of(request)) {
            if let Some(words) = self.words(request) {
                request.message = words;
            }
        }
    }

    /// Whether a run asks what the message said. Nobody changes the words of another.
    fn is_of(&self, request: &RunRequest) -> bool {
        request.origin.as_ref().is_some_and(|origin| {
            origin.message_id == self.message.message_id
                && origin.sender_id == self.event.sender.id
                && origin.target == self.target
        })
    }

    /// What the run asks now; none if nothing would be left of it.
    fn words(&self, request: &RunRequest) -> Option<String> {
        if self.message.text.trim().is_empty() && request.media.is_empty() {
            return None;
        }
        let is_shared = self.event.peer.kind != PeerKind::Direct;
        let attribute = is_shared || !request.may_administer;
        Some(words(&self.event, &self.message, attribute))
    }
}

impl Engine {
    /// Considers an edit or a reaction of somebody who is admitted.
    pub(super) async fn after(
        &self,
        account: &Account,
        sender: &Chain,
        event: Inbound,
        target: Target,
    ) -> Result<Step, InboxError> {
        let inner = self.inner();
        let owner = is_owner(sender);
        let route = inner
            .accounts
            .route(&inner.agents.names, account, &event, owner);
        let key = route.session_key;
        let resource = Resource::Session(key.clone());
        if authorize(sender, Action::Call(&ChatSend::SPEC), &resource).is_err() {
            return Ok(IGNORED);
        }
        if self.refuses_messages(&key).await? {
            return Ok(NOTED);
        }
        match &event.event {
            InboundEvent::Edited {
                message_id,
                text,
                reply_to,
            } => {
                let message = InboundMessage {
                    message_id: message_id.clone(),
                    text: text.clone(),
                    reply_to: reply_to.clone(),
                    ..Default::default()
                };
                let edit = Edit {
                    key,
                    target,
                    event,
                    message,
                };
                return Ok(Step {
                    edit: Some(edit),
                    ..NOTED
                });
            }
            InboundEvent::Reacted { emoji, removed, .. } => {
                self.note_reaction(&key, &event, emoji, *removed);
            }
            InboundEvent::Message(_)
            | InboundEvent::Pressed { .. }
            | InboundEvent::Moved { .. } => {}
        }
        Ok(NOTED)
    }

    /// Changes the words of a message that waits in its lane, there and in the store. One that is
    /// being answered, or was, keeps the words that the agent read.
    pub(super) async fn reword(&self, edit: &Edit) -> Result<(), StoreError> {
        let inner = self.inner();
        let fits = |run: &Run| edit.is_of(&run.request);
        let words = |run: &Run| edit.words(&run.request);
        // The lane first: whatever takes the run from there writes down what it took.
        let Some((run_id, words)) = inner.lanes.reword(&edit.key, fits, words) else {
            return Ok(());
        };
        inner.runs.reword(&run_id, words).await?;
        self.shorten_waiting(&edit.key);
        self.sessions_changed();
        Ok(())
    }

    /// A line for the agent; a reaction that is taken back takes its line away, if that waits.
    fn note_reaction(&self, key: &SessionKey, event: &Inbound, emoji: &str, removed: bool) {
        let Some(sign) = label_sign(emoji) else {
            return;
        };
        let name = event.sender.name.as_deref().unwrap_or(&event.sender.id);
        let line = format!("[{} reacted {sign} to a message]", label_name(name));
        let reactions = &self.inner().reactions;
        if removed {
            reactions.take_back(key, &line);
        } else {
            reactions.push(key, line);
        }
    }

    /// Puts what people reacted in front of the first words of a turn. It is what users did, so it
    /// stands with their words and never in the system prompt (SECURITY T34).
    pub(crate) fn tell_reactions(&self, turn: &mut [Run]) {
        let Some(lead) = turn.first_mut() else {
            return;
        };
        if commands::is_command(&lead.request.message) {
            return;
        }
        let lines = self.inner().reactions.take(&lead.session_key);
        if lines.is_empty() {
            return;
        }
        let message = &mut lead.request.message;
        *message = format!("{}\n\n{message}", lines.join("\n"));
        message.truncate(message.trim_end().len());
    }
}
