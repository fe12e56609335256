//! What arrived, by socket or by webhook, and its way into the inbox.

use serde_json::Value;
use tidegate_core::channel::{Heard, Inbox, InboxError};

use super::api::{Callback, Command, Interaction, Me};
use super::channel::Slack;
use super::map::inbound;

/// What arrived.
#[derive(Debug)]
pub(super) enum Arrived {
    /// Something happened in a channel.
    Event(Box<Callback>),
    /// Somebody gave a slash command.
    Command(Box<Command>),
    /// Somebody did something to a message of ours.
    Interaction(Box<Interaction>),
}

impl Arrived {
    /// Reads an event of a channel.
    pub(super) fn event(json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json).map(Self::Event)
    }

    /// Reads a slash command, as sockets carry it.
    pub(super) fn command(json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json).map(Self::Command)
    }

    /// Reads a slash command, as webhooks carry it: the fields of a form.
    pub(super) fn command_form(
        fields: impl Iterator<Item = (String, String)>,
    ) -> serde_json::Result<Self> {
        let fields = fields.map(|(name, value)| (name, Value::String(value)));
        serde_json::from_value(Value::Object(fields.collect())).map(Self::Command)
    }

    /// Reads what was done to a message of ours.
    pub(super) fn interaction(json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json).map(Self::Interaction)
    }
}

impl Slack {
    /// Gives what arrived to the inbox. When this returns, it is stored, and may be acknowledged.
    pub(super) async fn take_in(
        &self,
        me: &Me,
        inbox: &dyn Inbox,
        arrived: &[Arrived],
    ) -> Result<(), InboxError> {
        let now_ms = self.clock.now_ms();
        let events: Vec<_> = arrived
            .iter()
            .flat_map(|arrived| inbound(arrived, me, &self.known, now_ms))
            .collect();
        if events.is_empty() {
            return Ok(());
        }
        let ids = events.iter();
        let ids: Vec<_> = ids
            .map(|event| [event.sender.id.clone(), event.peer.id.clone()])
            .collect();
        let heard = inbox.accept(&me.user_id, events, None).await?;
        let taken = ids.iter().zip(heard);
        let taken = taken.filter(|(_, heard)| *heard == Heard::Taken);
        for id in taken.flat_map(|(ids, _)| ids) {
            self.known.wonder(id);
        }
        Ok(())
    }
}
