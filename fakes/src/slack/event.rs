//! The JSON of events, as both transports carry it.

use serde_json::{Value, json};

use super::json::put;
use super::world::{Channel, Message, names};

/// A message that was just posted.
pub(super) fn message(channel: &Channel, message: &Message) -> Value {
    let mut event = message.to_json(false);
    put(&mut event, "channel", json!(channel.id));
    put(&mut event, "event_ts", json!(message.ts));
    put(&mut event, "channel_type", json!(channel.kind_word()));
    event
}

/// The second event of a message that names the bot: same `ts`, own event id.
pub(super) fn mention(channel: &Channel, message: &Message) -> Value {
    let mut event = message.to_json(false);
    put(&mut event, "type", json!("app_mention"));
    put(&mut event, "channel", json!(channel.id));
    put(&mut event, "event_ts", json!(message.ts));
    event
}

/// An edit: the whole message after and before.
pub(super) fn changed(channel: &Channel, after: &Message, before: &Value, ts: &str) -> Value {
    json!({
        "type": "message", "subtype": "message_changed", "message": after.to_json(false),
        "previous_message": before, "channel": channel.id, "hidden": true, "ts": ts,
        "event_ts": ts, "channel_type": channel.kind_word(),
    })
}

/// A message that is gone.
pub(super) fn deleted(channel: &Channel, before: &Message, ts: &str) -> Value {
    json!({
        "type": "message", "subtype": "message_deleted", "previous_message": before.to_json(false),
        "channel": channel.id, "hidden": true, "deleted_ts": before.ts, "ts": ts, "event_ts": ts,
        "channel_type": channel.kind_word(),
    })
}

/// A reaction that came (`reaction_added`) or went (`reaction_removed`).
pub(super) fn reaction(
    kind: &str,
    channel: &Channel,
    to: &Message,
    user: &str,
    name: &str,
    ts: &str,
) -> Value {
    json!({
        "type": kind, "user": user, "reaction": name, "item_user": to.user,
        "item": {"type": "message", "channel": channel.id, "ts": to.ts}, "event_ts": ts,
    })
}

/// The envelope of every event, the same in Socket Mode and in webhooks.
pub(super) fn callback(event_id: &str, event_time_s: i64, event: &Value) -> Value {
    json!({
        "token": "verification-tokens-are-obsolete", "team_id": names::TEAM,
        "context_team_id": names::TEAM, "context_enterprise_id": null, "api_app_id": names::APP,
        "event": event, "type": "event_callback", "event_id": event_id,
        "event_time": event_time_s, "is_ext_shared_channel": false,
        "authorizations": [{
            "enterprise_id": null, "team_id": names::TEAM, "user_id": names::BOT_USER,
            "is_bot": true, "is_enterprise_install": false,
        }],
        "event_context": format!("4-{event_id}"),
    })
}
