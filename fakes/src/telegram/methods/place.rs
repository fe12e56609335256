//! Where a message shall go: chat, topic, and what it answers.

use serde_json::Value;

use super::super::answer::Refusal;
use super::super::params::Params;
use super::super::world::{Draft, World};
use super::buttons;
use super::text::json;

/// Where a message shall go, and what hangs on it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) chat: i64,
    pub(super) thread: Option<i64>,
    pub(super) reply_to: Option<i64>,
    pub(super) buttons: Option<Value>,
}

impl Place {
    /// Reads and checks the place.
    pub(super) fn of(world: &World, params: &Params) -> Result<Self, Refusal> {
        let buttons = buttons::inline(params)?;
        let reply = Reply::of(params)?;
        let id = world.target(params)?;
        let chat = world.chat_of(params)?;
        let thread = params.number("message_thread_id").filter(|id| *id != 0);
        chat.check_topic(thread)?;
        let reply_to = match reply {
            Some(reply) => reply.find(world, id)?,
            None => None,
        };
        Ok(Self {
            chat: id,
            thread,
            reply_to,
            buttons,
        })
    }

    /// Puts a draft there.
    pub(super) fn put(&self, draft: &mut Draft) {
        draft.thread = self.thread;
        draft.reply_to = self.reply_to;
        draft.buttons.clone_from(&self.buttons);
    }
}

/// What a message wants to answer.
#[derive(Debug)]
struct Reply {
    message: i64,
    chat: Option<String>,
    quote: Option<String>,
    or_without: bool,
}

impl Reply {
    fn of(params: &Params) -> Result<Option<Self>, Refusal> {
        let Some(object) = json(params, "reply_parameters")? else {
            let old = params.number("reply_to_message_id").filter(|id| *id > 0);
            return Ok(old.map(|message| Self {
                message,
                chat: None,
                quote: None,
                or_without: params.flag("allow_sending_without_reply"),
            }));
        };
        let fields = object
            .as_object()
            .ok_or_else(|| Refusal::bad("object expected as reply parameters"))?;
        if fields.is_empty() {
            return Ok(None);
        }
        let message = fields
            .get("message_id")
            .and_then(Value::as_i64)
            .ok_or_else(|| Refusal::bad("can't find field \"message_id\""))?;
        let chat = fields.get("chat_id").map(|chat| match chat.as_str() {
            Some(name) => name.to_owned(),
            None => chat.to_string(),
        });
        Ok(Some(Self {
            message,
            chat,
            quote: fields
                .get("quote")
                .and_then(Value::as_str)
                .map(str::to_owned),
            or_without: fields
                .get("allow_sending_without_reply")
                .and_then(Value::as_bool)
                .unwrap_or(false),
        }))
    }

    /// The message, if it is in the same chat; one in another chat is checked and not kept.
    fn find(&self, world: &World, here: i64) -> Result<Option<i64>, Refusal> {
        let name = self.chat.clone().unwrap_or_else(|| here.to_string());
        let chat = world
            .find_chat(&name)
            .ok_or_else(|| Refusal::bad("chat not found"))?;
        let Some(message) = chat.messages.get(&self.message) else {
            if self.or_without {
                return Ok(None);
            }
            return Err(Refusal::bad("message to be replied not found"));
        };
        if let Some(quote) = &self.quote
            && !message.text.contains(quote.as_str())
        {
            return Err(Refusal::bad("QUOTE_TEXT_INVALID"));
        }
        Ok((chat.id == here).then_some(self.message))
    }
}
