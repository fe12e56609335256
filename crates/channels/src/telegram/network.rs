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
