//! The menu of commands, by scope and language.

use serde_json::{Value, json};

use super::super::answer::{Answer, Refusal};
use super::super::params::Params;
use super::super::world::World;
use super::dispatch::done;
use super::text::json as json_param;

/// Commands of one menu, by the vendor's page.
const MOST_COMMANDS: usize = 100;

pub(super) fn set(world: &mut World, params: &Params) -> Answer {
    let commands = json_param(params, "commands")?
        .ok_or_else(|| Refusal::bad("parameter \"commands\" is required"))?;
    let list = commands
        .as_array()
        .ok_or_else(|| Refusal::bad("expected an Array of BotCommand"))?;
    if list.len() > MOST_COMMANDS {
        return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in list {
        check(command)?;
    }
    world.commands.insert(key(params), commands);
    done()
}

/// 1 to 32 of a–z, 0–9 and underscore; a description of 1 to 256 characters.
fn check(command: &Value) -> Result<(), Refusal> {
    let text = |name: &str| command.get(name).and_then(Value::as_str);
    let name = text("command").unwrap_or_default();
    let name = name.strip_prefix('/').unwrap_or(name);
    let is_allowed = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_';
    if name.is_empty() || name.len() > 32 || !name.chars().all(is_allowed) {
        return Err(Refusal::bad("BOT_COMMAND_INVALID"));
    }
    let description = text("description").unwrap_or_default();
    if description.is_empty() || description.chars().count() > 256 {
        return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
    }
    Ok(())
}

pub(super) fn list(world: &World, params: &Params) -> Value {
    let commands = world.commands.get(&key(params)).cloned();
    commands.unwrap_or_else(|| json!([]))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Value {
    world.commands.remove(&key(params));
    json!(true)
}

fn key(params: &Params) -> String {
    let scope = params.text("scope").unwrap_or(r#"{"type":"default"}"#);
    let language = params.text("language_code").unwrap_or_default();
    format!("{scope} {language}")
}
