//! What people do beside writing: give slash commands and press buttons.

use serde_json::{Value, json};

use super::api::Refusal;
use super::delivery::Outgoing;
use super::fake::SlackFake;
use super::json::field;
use super::response_url::Hook;
use super::world::names;

impl SlackFake {
    /// Somebody gives a slash command (with its slash). Gives the trigger id.
    ///
    /// # Errors
    /// There is no such channel or person.
    pub fn slash_command(
        &self,
        channel: &str,
        user: &str,
        command: &str,
        text: &str,
    ) -> Result<String, Refusal> {
        let (channel_name, user_name) = self.names_of(channel, user)?;
        let (trigger, url) = self.new_hook("commands", channel, None);
        let payload = json!({
            "token": "verification-tokens-are-obsolete", "team_id": names::TEAM,
            "team_domain": names::TEAM_DOMAIN, "channel_id": channel,
            "channel_name": channel_name, "user_id": user, "user_name": user_name,
            "command": command, "text": text, "api_app_id": names::APP,
            "is_enterprise_install": "false", "response_url": url, "trigger_id": trigger,
        });
        self.core()
            .publish(Outgoing::command(trigger.clone(), payload));
        Ok(trigger)
    }

    /// Somebody presses a button of one of the bot's messages. Gives the trigger id.
    ///
    /// # Errors
    /// There is no such message, or it has no button of that action id.
    pub fn press_button(
        &self,
        channel: &str,
        ts: &str,
        user: &str,
        action_id: &str,
    ) -> Result<String, Refusal> {
        let (channel_name, user_name) = self.names_of(channel, user)?;
        let (message, action_ts) = self.core().world(|world| {
            let found = world
                .channels
                .get(channel)
                .and_then(|channel| channel.find(ts));
            let found = found.cloned().ok_or("message_not_found")?;
            Ok::<_, Refusal>((found, world.next_ts()))
        })?;
        let (block_id, button) = button(&message.blocks, action_id).ok_or("no_such_button")?;
        let (trigger, url) = self.new_hook("actions", channel, Some(ts));
        let payload = json!({
            "type": "block_actions", "api_app_id": names::APP, "trigger_id": trigger,
            "user": {
                "id": user, "username": user_name, "name": user_name, "team_id": names::TEAM,
            },
            "token": "verification-tokens-are-obsolete", "enterprise": null,
            "container": {
                "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": false,
            },
            "team": {"id": names::TEAM, "domain": names::TEAM_DOMAIN},
            "channel": {"id": channel, "name": channel_name},
            "message": message.to_json(false), "state": {"values": {}}, "response_url": url,
            "is_enterprise_install": false,
            "actions": [{
                "action_id": action_id, "block_id": block_id, "text": field(&button, "text"),
                "value": field(&button, "value"), "type": "button", "action_ts": action_ts,
            }],
        });
        self.core()
            .publish(Outgoing::interaction(trigger.clone(), payload));
        Ok(trigger)
    }

    fn names_of(&self, channel: &str, user: &str) -> Result<(String, String), Refusal> {
        self.core().look(|world| {
            let channel = world.channels.get(channel).ok_or("channel_not_found")?;
            let user = world.users.get(user).ok_or("user_not_found")?;
            let name = match channel.name.as_str() {
                "" => "directmessage",
                name => name,
            };
            Ok((name.to_owned(), user.display_name.clone()))
        })
    }

    /// A trigger id and the response URL that belongs to it.
    fn new_hook(&self, kind: &str, channel: &str, message: Option<&str>) -> (String, String) {
        let (trigger, secret, root, made_ms) = self.core().world(|world| {
            let trigger = format!("{}.{}", world.next_id("13"), names::TEAM);
            (
                trigger,
                world.next_uuid(),
                world.root.clone(),
                world.now_ms(),
            )
        });
        let hook = Hook {
            item: trigger.clone(),
            channel: channel.to_owned(),
            message: message.map(ToOwned::to_owned),
            made_ms,
            uses: 0,
        };
        self.core().hooks().keep(&secret, hook);
        (trigger, format!("{root}/{kind}/{secret}"))
    }
}

/// The block id and the button with this action id.
fn button(blocks: &Value, action_id: &str) -> Option<(Value, Value)> {
    let elements = blocks.as_array()?.iter().flat_map(|block| {
        let inside = field(block, "elements").as_array().into_iter().flatten();
        let beside = Some(field(block, "accessory")).into_iter();
        inside.chain(beside).map(move |element| (block, element))
    });
    let found = elements.into_iter().find(|(_, element)| {
        *field(element, "type") == "button" && *field(element, "action_id") == action_id
    });
    found.map(|(block, element)| (field(block, "block_id").clone(), element.clone()))
}
