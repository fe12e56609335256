//! Application commands: what people may type after a slash.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Reply};
use super::error::{
    ApiError, TOO_MANY_COMMANDS, UNKNOWN_APPLICATION, UNKNOWN_COMMAND, UNKNOWN_GUILD, bad_length,
    invalid,
};
use super::fields::text;
use super::routes::Route;
use crate::discord::snowflake::Snowflake;
use crate::discord::world::{World, set};

/// Commands of one place, options of a command, characters of names and descriptions (documented).
const MOST_COMMANDS: usize = 100;
const MOST_OPTIONS: usize = 25;
const NAME_CHARS: usize = 32;
const DESCRIPTION_CHARS: usize = 100;

/// A registered command.
#[derive(Debug, Clone)]
pub(crate) struct AppCommand {
    pub(crate) id: Snowflake,
    /// None for everywhere.
    pub(crate) guild: Option<Snowflake>,
    pub(crate) name: String,
    pub(crate) body: Value,
}

impl World {
    /// Where the commands of a path are: everywhere, or in a guild of the bot.
    fn place_of_commands(&self, route: &Route<'_>) -> Result<Option<Snowflake>, ApiError> {
        if route.id(0) != self.bot {
            return Err(UNKNOWN_APPLICATION.into());
        }
        let [_, guild, _] = route.args;
        if guild.is_empty() {
            return Ok(None);
        }
        let id = route.id(1);
        let guild = self.guilds.get(&id).ok_or(UNKNOWN_GUILD)?;
        Ok(Some(guild.id))
    }

    pub(super) fn list_commands(&self, route: &Route<'_>) -> Answer {
        let place = self.place_of_commands(route)?;
        let here = self
            .commands
            .iter()
            .filter(|command| command.guild == place);
        let here: Vec<_> = here.map(|command| command.body.clone()).collect();
        Ok(Reply::Json(json!(here)))
    }

    /// Replaces all commands of a place; those of the same name keep their id.
    pub(super) fn set_commands(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let place = self.place_of_commands(route)?;
        let Some(bodies) = ask.json.as_array() else {
            let message = "Only iterables may be used in a ListType";
            return Err(invalid("", "LIST_TYPE_CONVERT", message));
        };
        if bodies.len() > MOST_COMMANDS {
            return Err(TOO_MANY_COMMANDS.into());
        }
        let mut names = Vec::new();
        for (index, body) in bodies.iter().enumerate() {
            let name = check_command(body)?;
            if names.contains(&name) {
                let message = "Application command names must be unique";
                return Err(invalid(
                    &index.to_string(),
                    "APPLICATION_COMMANDS_DUPLICATE_NAME",
                    message,
                ));
            }
            names.push(name);
        }
        let made: Vec<_> = bodies
            .iter()
            .zip(names)
            .map(|(body, name)| self.make_command(place, name, body))
            .collect();
        self.commands.retain(|command| command.guild != place);
        let all: Vec<_> = made.iter().map(|command| command.body.clone()).collect();
        self.commands.extend(made);
        Ok(Reply::Json(json!(all)))
    }

    pub(super) fn add_command(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let place = self.place_of_commands(route)?;
        let name = check_command(&ask.json)?;
        let command = self.make_command(place, name, &ask.json);
        self.commands.retain(|other| other.id != command.id);
        if self
            .commands
            .iter()
            .filter(|other| other.guild == place)
            .count()
            >= MOST_COMMANDS
        {
            return Err(TOO_MANY_COMMANDS.into());
        }
        let body = command.body.clone();
        self.commands.push(command);
        Ok(Reply::Json(body))
    }

    pub(super) fn remove_command(&mut self, route: &Route<'_>) -> Answer {
        let place = self.place_of_commands(route)?;
        let before = self.commands.len();
        self.commands
            .retain(|command| command.guild != place || command.id != route.id(2));
        if self.commands.len() == before {
            return Err(UNKNOWN_COMMAND.into());
        }
        Ok(Reply::NoContent)
    }

    fn make_command(&mut self, place: Option<Snowflake>, name: &str, body: &Value) -> AppCommand {
        let old = self
            .commands
            .iter()
            .find(|old| old.guild == place && old.name == name);
        let id = old.map(|old| old.id);
        let id = id.unwrap_or_else(|| self.make_id());
        let mut full = json!({
            "id": id, "application_id": self.bot, "version": self.make_id(), "type": 1,
            "default_member_permissions": null, "nsfw": false, "options": [],
            "name_localizations": null, "description_localizations": null,
        });
        if let Some(guild) = place {
            set(&mut full, "guild_id", json!(guild));
        }
        for (key, value) in body.as_object().into_iter().flatten() {
            set(&mut full, key, value.clone());
        }
        AppCommand {
            id,
            guild: place,
            name: name.to_owned(),
            body: full,
        }
    }
}

/// Checks one command and gives its name.
fn check_command(body: &Value) -> Result<&str, ApiError> {
    if body.get("type").and_then(Value::as_u64).unwrap_or(1) != 1 {
        let message = "The fake has slash commands (type 1) only.";
        return Err(invalid("type", "FAKE_UNSUPPORTED", message));
    }
    let name = check_name(body)?;
    text(body, "description", 1, DESCRIPTION_CHARS)?;
    let options = body.get("options").and_then(Value::as_array);
    let options = options.map(Vec::as_slice).unwrap_or_default();
    if options.len() > MOST_OPTIONS {
        return Err(bad_length("options", 0, MOST_OPTIONS));
    }
    let mut optional_before = false;
    for (index, option) in options.iter().enumerate() {
        check_name(option)?;
        text(option, "description", 1, DESCRIPTION_CHARS)?;
        let needed = option
            .get("required")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        if needed && optional_before {
            let message = "Required options must be placed before non-required options";
            return Err(invalid(
                &format!("options.{index}"),
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                message,
            ));
        }
        optional_before |= !needed;
    }
    Ok(name)
}

/// Letters, digits, `-` and `_`, and no capitals.
fn check_name(body: &Value) -> Result<&str, ApiError> {
    let name = text(body, "name", 1, NAME_CHARS)?;
    let fits = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || "-_'".contains(c);
    if name.chars().all(fits) {
        return Ok(name);
    }
    let message = "Command name is invalid";
    Err(invalid("name", "APPLICATION_COMMAND_INVALID_NAME", message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check_command;

    #[test]
    fn commands_are_checked() {
        let command = |name: &str| json!({ "name": name, "description": "does it" });
        assert_eq!(check_command(&command("status")), Ok("status"));
        assert!(check_command(&command("Status")).is_err());
        assert!(check_command(&command("sta tus")).is_err());
        assert!(check_command(&json!({ "name": "x" })).is_err());
        let options = json!([
            { "name": "a", "description": "a", "type": 3 },
            { "name": "b", "description": "b", "type": 3, "required": true },
        ]);
        assert!(
            check_command(&json!({ "name": "x", "description": "x", "options": options })).is_err()
        );
    }
}
