//! What Telegram needs to know of its owner.

use std::sync::Arc;

use tidegate_core::channel::{Capabilities, Channel};
use tidegate_core::commands;

use super::Telegram;
use super::capabilities::capabilities;
use super::settings::{Command, Mode, TelegramSettings};
use crate::network::{IdOf, Key, Network, Opening, OtherWay, Way};

/// Telegram.
pub struct TelegramNetwork;

const BOT_TOKEN: &str = "botToken";
const API_ROOT: &str = "apiRoot";
const LOCAL_FILES: &str = "localFiles";
const WEBHOOK_URL: &str = "webhookUrl";
const WEBHOOK_SECRET: &str = "webhookSecret";

const KEYS: &[Key] = &[
    Key {
        name: BOT_TOKEN,
        ask: "the bot's token (talk to @BotFather in Telegram, send /newbot)",
        secret: true,
    },
    Key {
        name: API_ROOT,
        ask: "the address of your own Bot API server",
        secret: false,
    },
    Key {
        name: LOCAL_FILES,
        ask: "the working directory of your own Bot API server, if it runs with --local on this machine",
        secret: false,
    },
    Key {
        name: WEBHOOK_URL,
        ask: "the public https address that leads to this gateway's /webhooks/telegram/<account>",
        secret: false,
    },
    Key {
        name: WEBHOOK_SECRET,
        ask: "a secret of your choice that Telegram shows with each call, 16 to 256 of A-Z a-z 0-9 _ -",
        secret: true,
    },
];

const POLLING: Way = Way {
    mode: "polling",
    keys: &[BOT_TOKEN],
};

const WEBHOOK: &[OtherWay] = &[OtherWay {
    chosen_by: WEBHOOK_URL,
    way: Way {
        mode: "webhook",
        keys: &[BOT_TOKEN, WEBHOOK_URL, WEBHOOK_SECRET],
    },
}];

impl Network for TelegramNetwork {
    fn id(&self) -> &'static str {
        "telegram"
    }

    fn label(&self) -> &'static str {
        "Telegram"
    }

    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn usual_way(&self) -> &'static Way {
        &POLLING
    }

    fn other_ways(&self) -> &'static [OtherWay] {
        WEBHOOK
    }

    fn wrong_id(&self, of: IdOf, id: &str) -> Option<&'static str> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match of {
            IdOf::Person if !digits(id) => Some(
                "a person's id on Telegram is a number (a @name can change hands); the gateway's log and pairing requests show it",
            ),
            IdOf::Group if !id.strip_prefix('-').is_some_and(digits) => {
                Some("a group's id on Telegram is a negative number, such as -1001234567890")
            }
            IdOf::Person | IdOf::Group => None,
        }
    }

    fn capabilities(&self) -> Capabilities {
        capabilities(super::settings::DEFAULT_POLL, false)
    }

    fn open(&self, opening: Opening) -> Result<Arc<dyn Channel>, String> {
        let token = opening.secret(BOT_TOKEN)?;
        let mut settings = TelegramSettings::new(opening.account.clone(), token);
        if let Some(root) = opening.values.get(API_ROOT) {
            settings.api_root.clone_from(root);
        }
        settings.local_files = opening.values.get(LOCAL_FILES).map(Into::into);
        if let Some(public_url) = opening.values.get(WEBHOOK_URL) {
            settings.mode = Mode::Webhook {
                public_url: public_url.clone(),
                secret: opening.secret(WEBHOOK_SECRET)?,
            };
        }
        settings.commands = commands::LIST
            .iter()
            .map(|command| Command {
                name: command.name.to_owned(),
                about: command.about.to_owned(),
            })
            .collect();
        let bot = Telegram::new(settings, opening.http, opening.clock);
        bot.map(|bot| Arc::new(bot) as Arc<dyn Channel>)
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tidegate_core::channel::AccountKey;
    use tidegate_core::{Secret, SystemClock};

    use super::*;
    use crate::http::HttpClient;

    fn opened(values: &[(&str, &str)]) -> Result<Capabilities, String> {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let opening = Opening {
            account: AccountKey::new("telegram", "default"),
            secrets: BTreeMap::from([(BOT_TOKEN.into(), Secret::new("42:AA".into()))]),
            values: values.iter().map(own).collect(),
            http: HttpClient::new().unwrap(),
            clock: Arc::new(SystemClock),
        };
        let channel = TelegramNetwork.open(opening)?;
        Ok(*channel.capabilities())
    }

    #[test]
    fn a_server_on_this_machine_takes_larger_files() {
        let root = (API_ROOT, "http://127.0.0.1:8081");
        let folder = (LOCAL_FILES, "/var/lib/telegram-bot-api");
        let largest = |values: &[_]| opened(values).unwrap().media.unwrap().download_bytes;
        assert!(largest(&[root, folder]) > largest(&[root]));
        assert!(opened(&[folder]).unwrap_err().contains("of one's own"));
        let relative = opened(&[root, (LOCAL_FILES, "files")]);
        assert!(relative.unwrap_err().contains("absolute"));
    }
}
