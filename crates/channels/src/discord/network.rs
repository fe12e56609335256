//! What Discord needs to know of its owner.

use std::sync::Arc;

use tidegate_core::channel::{Capabilities, Channel};
use tidegate_core::commands::{self, SlashCommand};

use super::Discord;
use super::capabilities::capabilities;
use super::settings::{Command, DiscordSettings};
use super::snowflake::is_whole_id;
use crate::network::{IdOf, Key, Network, Opening, Way};

/// Discord.
pub struct DiscordNetwork;

const TOKEN: &str = "token";
const API_ROOT: &str = "apiRoot";

const KEYS: &[Key] = &[
    Key {
        name: TOKEN,
        ask: "the bot's token (discord.com/developers → your application → Bot → Reset Token)",
        secret: true,
    },
    Key {
        name: API_ROOT,
        ask: "the address of another Discord API, with its version",
        secret: false,
    },
];

const SOCKET: Way = Way {
    mode: "socket",
    keys: &[TOKEN],
};

impl Network for DiscordNetwork {
    fn id(&self) -> &'static str {
        "discord"
    }

    fn label(&self) -> &'static str {
        "Discord"
    }

    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn usual_way(&self) -> &'static Way {
        &SOCKET
    }

    fn wrong_id(&self, of: IdOf, id: &str) -> Option<&'static str> {
        match of {
            _ if is_whole_id(id) => None,
            IdOf::Person => Some(
                "a person's id on Discord is a number of 17 to 20 digits (a name can change hands); Developer Mode → right click → Copy User ID, or the gateway's log and pairing requests show it",
            ),
            IdOf::Group => Some(
                "a channel's id on Discord is a number of 17 to 20 digits; Developer Mode → right click → Copy Channel ID",
            ),
        }
    }

    fn capabilities(&self) -> Capabilities {
        capabilities()
    }

    fn open(&self, opening: Opening) -> Result<Arc<dyn Channel>, String> {
        let token = opening.secret(TOKEN)?;
        let mut settings = DiscordSettings::new(opening.account.clone(), token);
        if let Some(root) = opening.values.get(API_ROOT) {
            settings.api_root.clone_from(root);
        }
        settings.commands = commands::LIST.iter().map(command).collect();
        let bot = Discord::new(settings, opening.http, opening.clock);
        bot.map(|bot| Arc::new(bot) as Arc<dyn Channel>)
            .map_err(|error| error.to_string())
    }
}

fn command(command: &SlashCommand) -> Command {
    let argument = command.argument;
    Command {
        name: command.name.to_owned(),
        about: command.about.to_owned(),
        argument: argument.map(|one| (one.name.to_owned(), one.about.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_that_cannot_change_hands_are_taken() {
        let wrong = |of, id| DiscordNetwork.wrong_id(of, id).is_some();
        assert!(!wrong(IdOf::Person, "175928847299117063"));
        assert!(!wrong(IdOf::Group, "1759288472991170631"));
        for id in ["", "ada", "@ada", "ada#1234", "1234", "17592884729911706x"] {
            assert!(wrong(IdOf::Person, id) && wrong(IdOf::Group, id), "{id}");
        }
    }

    #[test]
    fn every_command_that_we_show_is_one() {
        let account = tidegate_core::channel::AccountKey::new("discord", "default");
        let token = tidegate_core::Secret::new("a.b.c".into());
        let mut settings = DiscordSettings::new(account, token);
        settings.commands = commands::LIST.iter().map(command).collect();
        let (settings, _) = settings.check().unwrap();
        let with_argument = settings.commands.iter().filter(|c| c.argument.is_some());
        assert_eq!(with_argument.count(), 1);
    }
}
