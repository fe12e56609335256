//! Posting, editing, deleting.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::content::Content;
use super::methods::Api;
use crate::slack::rules::{MOST_POST_CHARS, MOST_UPDATE_CHARS};
use crate::slack::world::{Draft, World, names};

/// `chat.postMessage`. There is no idempotency key: `client_msg_id` is taken and ignored
/// (slackapi/slack-api-specs#10 asks for one and is open), so a call that is repeated posts twice.
pub(super) fn post(api: &Api<'_>) -> Result<Value, Refusal> {
    let to = api.params.text("channel").ok_or("channel_not_found")?;
    let content = Content::read(api.params, MOST_POST_CHARS)?;
    let thread_ts = api.params.text("thread_ts");
    let channel = api.core.world(|world| {
        let channel = destination(world, &to)?;
        if let Some(ts) = &thread_ts {
            check_parent(world, &channel, ts)?;
        }
        Ok::<_, Refusal>(channel)
    })?;
    let draft = Draft {
        user: names::BOT_USER.to_owned(),
        text: content.text.unwrap_or_default(),
        thread_ts,
        broadcast: api.params.flag("reply_broadcast"),
        blocks: content.blocks,
        attachments: content.attachments,
        metadata: content.metadata,
        files: Vec::new(),
    };
    let message = api.core.post(&channel, draft).ok_or("channel_not_found")?;
    Ok(json!({"channel": channel, "ts": message.ts, "message": message.to_json(true)}))
}

/// `chat.update`. What is not given stays: blocks, attachments and metadata go
/// only when given empty.
pub(super) fn update(api: &Api<'_>) -> Result<Value, Refusal> {
    let (channel, ts) = own_message(api, "cant_update_message")?;
    let content = Content::read(api.params, MOST_UPDATE_CHARS)?;
    let message = api.core.change(&channel, &ts, |message, now| {
        message.edited_ts = Some(now);
        if let Some(text) = content.text {
            message.text = text;
        }
        replace(&mut message.blocks, content.blocks);
        replace(&mut message.attachments, content.attachments);
        replace(&mut message.metadata, content.metadata);
    });
    let message = message.ok_or("message_not_found")?;
    Ok(json!({
        "channel": channel, "ts": ts, "text": message.text, "message": message.to_json(true),
    }))
}

/// `chat.delete`.
pub(super) fn delete(api: &Api<'_>) -> Result<Value, Refusal> {
    let (channel, ts) = own_message(api, "cant_delete_message")?;
    if !api.core.delete(&channel, &ts) {
        return Err("message_not_found".into());
    }
    Ok(json!({"channel": channel, "ts": ts}))
}

/// A channel to post to; a user id stands for the conversation with that person.
pub(super) fn destination(world: &mut World, to: &str) -> Result<String, Refusal> {
    if let Some((channel, _)) = world.im_with(to) {
        return Ok(channel);
    }
    let channel = world.channels.get(to).ok_or("channel_not_found")?;
    if channel.archived {
        return Err("is_archived".into());
    }
    if !channel.has_bot() {
        return Err("not_in_channel".into());
    }
    Ok(channel.id.clone())
}

/// A thread hangs on a message that is there and is no reply itself.
pub(super) fn check_parent(world: &World, channel: &str, ts: &str) -> Result<(), Refusal> {
    let channel = world.channels.get(channel).ok_or("channel_not_found")?;
    let parent = channel.find(ts).ok_or("thread_not_found")?;
    if parent.thread_ts.is_some() {
        return Err("cannot_reply_to_message".into());
    }
    Ok(())
}

fn own_message(api: &Api<'_>, denied: &str) -> Result<(String, String), Refusal> {
    let channel = api.params.text("channel").ok_or("channel_not_found")?;
    let ts = api.params.text("ts").ok_or("message_not_found")?;
    api.core.look(|world| {
        let found = world.channels.get(&channel).ok_or("channel_not_found")?;
        let message = found.find(&ts).ok_or("message_not_found")?;
        if !message.by_bot {
            return Err(Refusal::from(denied));
        }
        Ok(())
    })?;
    Ok((channel, ts))
}

fn replace(old: &mut Value, new: Value) {
    let emptied = match &new {
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Null => return,
        _ => false,
    };
    *old = if emptied { Value::Null } else { new };
}
