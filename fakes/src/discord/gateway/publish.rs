//! Telling every session what happened, as far as it asked to know.

use serde_json::{Value, json};

use super::intents::Intent;
use super::session::Order;
use crate::discord::snowflake::Snowflake;
use crate::discord::view::SeenMessage;
use crate::discord::world::{Channel, World, set};

/// Something that happened.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    pub(crate) data: Value,
    /// What those get who may not read content, if it differs.
    pub(crate) sealed: Option<Value>,
    pub(crate) intent: Intent,
}

impl Event {
    pub(crate) fn new(name: &'static str, intent: Intent, data: Value) -> Self {
        Self {
            name,
            data,
            sealed: None,
            intent,
        }
    }
}

impl World {
    /// Tells every session, in order; the mischief of tests happens here.
    pub(crate) fn publish(&mut self, event: Event) {
        if std::mem::take(&mut self.gateway.swap) {
            self.gateway.held = Some(event);
            return;
        }
        let twice = self.gateway.duplicate > 0;
        self.gateway.duplicate = self.gateway.duplicate.saturating_sub(1);
        self.deliver(&event);
        if twice {
            self.deliver(&event);
        }
        if let Some(held) = self.gateway.held.take() {
            self.deliver(&held);
        }
    }

    fn deliver(&mut self, event: &Event) {
        self.expire_sessions();
        let keep = self.settings.replay_events;
        let tear = std::mem::take(&mut self.gateway.tear);
        let mut orders = Vec::new();
        for session in &mut self.gateway.sessions {
            if !event.intent.is_in(session.intents) {
                continue;
            }
            let may_read = Intent::MESSAGE_CONTENT.is_in(session.intents);
            let data = match &event.sealed {
                Some(sealed) if !may_read => sealed,
                _ => &event.data,
            };
            let frame = session.record(event.name, data, keep);
            if let Some(socket) = session.socket {
                let order = if tear {
                    Order::Tear(frame)
                } else {
                    Order::Send(frame)
                };
                orders.push((socket, order));
            }
        }
        if tear && orders.is_empty() {
            self.gateway.tear = true;
        }
        for (socket, order) in orders {
            self.gateway.order(socket, order);
        }
    }

    /// MESSAGE_CREATE or MESSAGE_UPDATE of a message that stands.
    pub(crate) fn publish_message(
        &mut self,
        name: &'static str,
        channel: Snowflake,
        id: Snowflake,
    ) {
        let Some(event) = self.message_event(name, channel, id) else {
            return;
        };
        self.publish(event);
    }

    fn message_event(
        &self,
        name: &'static str,
        channel: Snowflake,
        id: Snowflake,
    ) -> Option<Event> {
        let channel = self.channels.get(&channel)?;
        let message = channel.messages.get(&id)?;
        let mut data = self.message_json(channel, message);
        Self::add_place(&mut data, channel, message);
        if let Some(nonce) = message.nonce.as_ref().filter(|_| name == "MESSAGE_CREATE") {
            set(&mut data, "nonce", json!(nonce));
        }
        let mut sealed = data.clone();
        self.seal(channel, message, &mut sealed);
        Some(Event {
            name,
            data,
            sealed: Some(sealed),
            intent: Intent::messages(channel.is_dm()),
        })
    }

    /// What a gateway event has beyond the message itself.
    fn add_place(data: &mut Value, channel: &Channel, message: &SeenMessage) {
        set(data, "channel_type", json!(channel.type_number()));
        if let Some(guild) = channel.guild {
            set(data, "guild_id", json!(guild));
            set(data, "member", Self::member_json(message.author));
        }
    }
}
