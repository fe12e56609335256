//! Conversations: opening, looking at one, listing.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::history::Page;
use super::methods::Api;
use crate::slack::world::Kind;

/// `conversations.open`: with one person, or an open one by id.
pub(super) fn open(api: &Api<'_>) -> Result<Value, Refusal> {
    let users = api.params.text("users");
    let channel = api.params.text("channel");
    let (channel, known) = api.core.world(|world| {
        let (id, known) = match (users, channel) {
            // Group conversations are not imitated.
            (Some(users), _) if users.contains(',') => return Err("too_many_users"),
            (Some(user), _) => world.im_with(&user).ok_or("user_not_found")?,
            (None, Some(channel)) => (channel, true),
            (None, None) => return Err("users_list_not_supplied"),
        };
        let channel = world.channels.get(&id).ok_or("channel_not_found")?;
        if channel.kind != Kind::Im {
            return Err("method_not_supported_for_channel_type");
        }
        Ok((channel.clone(), known))
    })?;
    let shown = if api.params.flag("return_im") {
        channel.to_json()
    } else {
        json!({"id": channel.id})
    };
    Ok(if known {
        json!({"no_op": true, "already_open": true, "channel": shown})
    } else {
        json!({"channel": shown})
    })
}

pub(super) fn info(api: &Api<'_>) -> Result<Value, Refusal> {
    let id = api.params.required("channel")?;
    let channel = api.core.look(|world| world.channels.get(&id).cloned());
    let channel = channel.ok_or("channel_not_found")?;
    Ok(json!({"channel": channel.to_json()}))
}

pub(super) fn list(api: &Api<'_>) -> Result<Value, Refusal> {
    let types = api.params.text("types");
    let types = types.unwrap_or_else(|| "public_channel".to_owned());
    let types: Vec<_> = types.split(',').map(str::trim).collect();
    let with_archived = !api.params.flag("exclude_archived");
    let page = Page::read(api.params, 100, 999)?;
    let channels: Vec<_> = api.core.look(|world| {
        let listed = world.channels.values().filter(|channel| {
            types.contains(&channel.list_word())
                && (with_archived || !channel.archived)
                && (channel.kind == Kind::Public || channel.has_bot())
        });
        listed.map(crate::slack::world::Channel::to_json).collect()
    });
    let (channels, next) = page.cut(channels);
    Ok(json!({"channels": channels, "response_metadata": {"next_cursor": next}}))
}
