//! Commands typed, buttons pressed, polls voted in.

use serde_json::{Value, json};

use super::talk::PeopleError;
use crate::discord::fake::DiscordFake;
use crate::discord::gateway::{Event, Intent};
use crate::discord::rest::{Interaction, Origin, button_exists};
use crate::discord::snowflake::Snowflake;
use crate::discord::world::{World, set};

impl DiscordFake {
    /// Types a registered command with its options, which are taken by name and JSON type.
    /// Gives the interaction's id.
    ///
    /// # Errors
    /// There is no such channel, or no such command there.
    pub fn slash(
        &self,
        channel: Snowflake,
        user: Snowflake,
        name: &str,
        options: &[(&str, Value)],
    ) -> Result<Snowflake, PeopleError> {
        self.shared.with(|world| {
            let place = world.channels.get(&channel).ok_or(PeopleError::NoChannel)?;
            let guild = place.guild;
            let found = world.commands.iter().find(|command| {
                command.name == name && (command.guild.is_none() || command.guild == guild)
            });
            let command = found.ok_or(PeopleError::NoCommand)?;
            let options: Vec<_> = options.iter()
                .map(|(name, value)| json!({ "name": name, "type": option_type(value), "value": value }))
                .collect();
            let mut data = json!({ "id": command.id, "name": name, "type": 1 });
            if !options.is_empty() {
                set(&mut data, "options", json!(options));
            }
            if let Some(guild) = command.guild {
                set(&mut data, "guild_id", json!(guild));
            }
            let origin = Origin::Slash { name: name.to_owned() };
            Ok(begin(world, channel, user, origin, &data))
        })
    }

    /// Presses a button of a message. Gives the interaction's id.
    ///
    /// # Errors
    /// There is no such message, or it has no such button.
    pub fn press(
        &self,
        channel: Snowflake,
        message: Snowflake,
        user: Snowflake,
        custom_id: &str,
    ) -> Result<Snowflake, PeopleError> {
        self.shared.with(|world| {
            let place = world.channels.get(&channel).ok_or(PeopleError::NoChannel)?;
            let found = place.messages.get(&message).ok_or(PeopleError::NoMessage)?;
            if !button_exists(&found.components, custom_id) {
                return Err(PeopleError::NoButton);
            }
            let data = json!({ "custom_id": custom_id, "component_type": 2, "id": 1 });
            Ok(begin(
                world,
                channel,
                user,
                Origin::Button { message },
                &data,
            ))
        })
    }

    /// Whether an interaction got its first answer.
    pub fn is_acknowledged(&self, interaction: Snowflake) -> bool {
        self.shared.peek(|world| {
            world
                .interactions
                .get(&interaction)
                .is_some_and(|found| found.answered.is_some())
        })
    }

    /// Votes in a poll; answers count from 1.
    ///
    /// # Errors
    /// There is no such message, or it has no poll with such an answer.
    pub fn vote(
        &self,
        channel: Snowflake,
        message: Snowflake,
        user: Snowflake,
        answer: u64,
    ) -> Result<(), PeopleError> {
        self.shared.with(|world| {
            let place = world.channels.get(&channel).ok_or(PeopleError::NoChannel)?;
            let found = place.messages.get(&message).ok_or(PeopleError::NoMessage)?;
            let answers = found.poll.get("answers").and_then(Value::as_array);
            let known = answers
                .into_iter()
                .flatten()
                .any(|one| one.get("answer_id") == Some(&json!(answer)));
            if !known {
                return Err(PeopleError::NoButton);
            }
            let (dm, guild) = (place.is_dm(), place.guild);
            let mut data = json!({
                "user_id": user, "channel_id": channel, "message_id": message, "answer_id": answer,
            });
            if let Some(guild) = guild {
                set(&mut data, "guild_id", json!(guild));
            }
            world.publish(Event::new("MESSAGE_POLL_VOTE_ADD", Intent::polls(dm), data));
            Ok(())
        })
    }
}

/// The vendor's number of an option's type: text, whole number, truth, number.
fn option_type(value: &Value) -> u8 {
    match value {
        Value::Number(number) if number.is_f64() => 10,
        Value::Number(_) => 4,
        Value::Bool(_) => 5,
        _ => 3,
    }
}

/// Makes the interaction and tells the bot; no intent is needed for it.
fn begin(
    world: &mut World,
    channel: Snowflake,
    user: Snowflake,
    origin: Origin,
    data: &Value,
) -> Snowflake {
    let id = world.make_id();
    let interaction = Interaction {
        id,
        token: format!("aW50ZXJhY3Rpb246{id}"),
        origin,
        user,
        channel,
        at_ms: world.now_ms(),
        answered: None,
        original: None,
        deferred: false,
    };
    let event = interaction_json(world, &interaction, data);
    world.interactions.insert(id, interaction);
    world.publish(Event::new("INTERACTION_CREATE", Intent::NONE, event));
    id
}

fn interaction_json(world: &World, interaction: &Interaction, data: &Value) -> Value {
    let place = world.channels.get(&interaction.channel);
    let guild = place.and_then(|place| place.guild);
    let owners = guild.map_or_else(
        || json!({ "1": interaction.user }),
        |guild| json!({ "0": guild }),
    );
    let mut json = json!({
        "id": interaction.id, "application_id": world.bot, "version": 1, "token": interaction.token,
        "type": if matches!(interaction.origin, Origin::Slash { .. }) { 2 } else { 3 },
        "data": data, "channel_id": interaction.channel, "locale": "en-US",
        "channel": place.map(|place| world.channel_json(place)),
        "app_permissions": "2251799813685247", "entitlements": [],
        "authorizing_integration_owners": owners, "attachment_size_limit": world.settings.file_bytes,
        "context": u8::from(guild.is_none()),
    });
    if let Some(guild) = guild {
        set(&mut json, "guild_id", json!(guild));
        set(&mut json, "guild_locale", json!("en-US"));
        set(
            &mut json,
            "guild",
            json!({ "id": guild, "locale": "en-US", "features": [] }),
        );
        let mut member = world.member_with_user_json(interaction.user);
        set(&mut member, "permissions", json!("2251799813685247"));
        set(&mut json, "member", member);
    } else {
        set(&mut json, "user", world.user_json(interaction.user));
    }
    if let (Origin::Button { message }, Some(place)) = (&interaction.origin, place)
        && let Some(found) = place.messages.get(message)
    {
        set(&mut json, "message", world.message_json(place, found));
    }
    json
}
