//! From a body to a message: the rules of everything that the bot posts.

use serde_json::{Value, json};

use super::ask::{Upload, id_in};
use super::attach::NewFile;
use super::components;
use super::error::{ApiError, EMPTY_MESSAGE, invalid, too_long};
use super::fields::whom;
use crate::discord::snowflake::Snowflake;
use crate::discord::view::SeenMessage;
use crate::discord::world::{Mentions, Whom, World};

/// Characters of a message (documented), counted as Unicode scalar values.
const CONTENT_CHARS: usize = 2000;
/// Characters of a nonce (documented).
const NONCE_CHARS: usize = 25;
/// Flags that a bot may set: no embeds, for one person only, silent.
const SETTABLE_FLAGS: u64 = 1 << 2 | 1 << 6 | 1 << 12;

/// A message that passed every check and is not yet anywhere.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) content: String,
    pub(crate) files: Vec<NewFile>,
    pub(crate) components: Value,
    pub(crate) poll: Value,
    pub(crate) flags: u64,
    pub(crate) whom: Whom,
    pub(crate) nonce: Option<String>,
    pub(crate) enforce_nonce: bool,
    pub(crate) reply_to: Option<Snowflake>,
}

impl Draft {
    /// Nothing at all; only the system posts that.
    pub(crate) fn empty() -> Self {
        Self {
            content: String::new(),
            files: Vec::new(),
            components: json!([]),
            poll: Value::Null,
            flags: 0,
            whom: Whom::all(),
            nonce: None,
            enforce_nonce: false,
            reply_to: None,
        }
    }
}

impl World {
    /// Checks a body. `without` is what counts if it says nothing of mentions.
    pub(crate) fn draft(
        &self,
        channel: Snowflake,
        json: &Value,
        uploads: &[Upload],
        without: Whom,
    ) -> Result<Draft, ApiError> {
        refuse_unshown(json)?;
        let draft = Draft {
            content: content(json)?.unwrap_or_default(),
            files: self.new_files(json, uploads)?,
            components: rows(json)?,
            poll: self.poll(json)?,
            flags: json.get("flags").and_then(Value::as_u64).unwrap_or(0) & SETTABLE_FLAGS,
            whom: whom(json, without)?,
            nonce: nonce(json)?,
            enforce_nonce: json
                .get("enforce_nonce")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            reply_to: self.reference(channel, json)?,
        };
        let nothing = draft.content.is_empty()
            && draft.files.is_empty()
            && draft.components.as_array().is_none_or(Vec::is_empty)
            && draft.poll.is_null();
        if nothing {
            return Err(EMPTY_MESSAGE.into());
        }
        Ok(draft)
    }

    /// The answered message; it must be in the same channel and not be of the system.
    fn reference(&self, channel: Snowflake, json: &Value) -> Result<Option<Snowflake>, ApiError> {
        let Some(reference) = json
            .get("message_reference")
            .filter(|value| value.is_object())
        else {
            return Ok(None);
        };
        let unknown = || {
            invalid(
                "message_reference",
                "MESSAGE_REFERENCE_UNKNOWN_MESSAGE",
                "Unknown message",
            )
        };
        if reference.get("type").and_then(Value::as_u64).unwrap_or(0) != 0 {
            let message = "The fake forwards no messages.";
            return Err(invalid(
                "message_reference.type",
                "FAKE_UNSUPPORTED",
                message,
            ));
        }
        let id = id_in(reference, "message_id")?.ok_or_else(unknown)?;
        let elsewhere = id_in(reference, "channel_id")?.is_some_and(|other| other != channel);
        if elsewhere {
            return Err(invalid(
                "message_reference",
                "REPLIES_CANNOT_REFERENCE_OTHER_CHANNEL",
                "Cannot reply to a message in a different channel",
            ));
        }
        let strict = reference
            .get("fail_if_not_exists")
            .and_then(Value::as_bool)
            .unwrap_or(true);
        let found = self
            .channels
            .get(&channel)
            .and_then(|channel| channel.messages.get(&id));
        match found {
            Some(message) if matches!(message.kind, 0 | 19 | 20) => Ok(Some(id)),
            Some(_) => Err(invalid(
                "message_reference",
                "REPLIES_CANNOT_REFERENCE_SYSTEM_MESSAGE",
                "Cannot reply to a system message",
            )),
            None if strict => Err(unknown()),
            None => Ok(None),
        }
    }

    /// Puts a draft into its channel and tells everyone. Type 19 if it answers, else `kind`.
    pub(crate) fn place(
        &mut self,
        channel: Snowflake,
        author: Snowflake,
        draft: Draft,
        kind: u8,
    ) -> Snowflake {
        let id = self.insert(channel, author, draft, kind);
        self.publish_message("MESSAGE_CREATE", channel, id);
        id
    }

    /// The same, and nobody is told.
    pub(crate) fn insert(
        &mut self,
        channel: Snowflake,
        author: Snowflake,
        draft: Draft,
        kind: u8,
    ) -> Snowflake {
        let (id, at_ms) = (self.make_id(), self.now_ms());
        let files = draft
            .files
            .into_iter()
            .map(|file| self.store(channel, file))
            .collect();
        let answered = draft
            .reply_to
            .and_then(|id| self.channels.get(&channel)?.messages.get(&id));
        let replied = answered.map(|message| message.author);
        let mentions = Mentions::of(&draft.content, &draft.whom, replied);
        if let Some(nonce) = draft.nonce.as_ref().filter(|_| author == self.bot) {
            self.nonces.insert(nonce.clone(), (channel, id, at_ms));
        }
        let message = SeenMessage {
            id,
            author,
            content: draft.content,
            at_ms,
            kind: if draft.reply_to.is_some() { 19 } else { kind },
            reply_to: draft.reply_to,
            nonce: draft.nonce,
            mentions: mentions.users,
            mention_everyone: mentions.everyone,
            files,
            components: draft.components,
            poll: draft.poll,
            flags: draft.flags,
            reactions: Vec::new(),
            edits: Vec::new(),
            thread: None,
        };
        if let Some(channel) = self.channels.get_mut(&channel) {
            channel.messages.insert(id, message);
        }
        id
    }
}

/// What the fake does not show is refused, so that no test believes that it was shown.
fn refuse_unshown(json: &Value) -> Result<(), ApiError> {
    for key in ["embeds", "sticker_ids"] {
        let some = json
            .get(key)
            .and_then(Value::as_array)
            .is_some_and(|list| !list.is_empty());
        if some {
            return Err(invalid(
                key,
                "FAKE_UNSUPPORTED",
                "The fake does not show these.",
            ));
        }
    }
    Ok(())
}

/// The text, without space at its ends; none if the body says nothing of it.
pub(crate) fn content(json: &Value) -> Result<Option<String>, ApiError> {
    match json.get("content") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() > CONTENT_CHARS => {
            Err(too_long("content", CONTENT_CHARS))
        }
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(_) => Err(invalid(
            "content",
            "STRING_TYPE_CONVERT",
            "Could not interpret value as string.",
        )),
    }
}

/// The checked rows of components; empty without.
pub(crate) fn rows(json: &Value) -> Result<Value, ApiError> {
    match json.get("components") {
        None | Some(Value::Null) => Ok(json!([])),
        Some(rows) => components::check(rows).map(|()| rows.clone()),
    }
}

fn nonce(json: &Value) -> Result<Option<String>, ApiError> {
    let nonce = match json.get("nonce") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => {
            return Err(invalid(
                "nonce",
                "NONCE_TYPE_INVALID",
                "Nonce must be a string or an integer.",
            ));
        }
    };
    if nonce.chars().count() > NONCE_CHARS {
        return Err(too_long("nonce", NONCE_CHARS));
    }
    Ok(Some(nonce))
}
