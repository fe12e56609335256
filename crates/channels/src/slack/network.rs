//! What Slack needs to know of its owner.

use std::sync::Arc;

use tidegate_core::channel::{Capabilities, Channel};

use super::Slack;
use super::capabilities::capabilities;
use super::destination::{is_person, is_room};
use super::settings::{DEFAULT_PATIENCE, Mode, SlackSettings};
use crate::network::{IdOf, Key, Network, Opening, OtherWay, Way};

/// Slack.
pub struct SlackNetwork;

const BOT_TOKEN: &str = "botToken";
const APP_TOKEN: &str = "appToken";
const SIGNING_SECRET: &str = "signingSecret";
const WEBHOOK_URL: &str = "webhookUrl";
const API_ROOT: &str = "apiRoot";

const KEYS: &[Key] = &[
    Key {
        name: BOT_TOKEN,
        ask: "the bot's token, xoxb-… (api.slack.com/apps, your app, OAuth & Permissions)",
        secret: true,
    },
    Key {
        name: APP_TOKEN,
        ask: "the app's token for Socket Mode, xapp-… (Basic Information, App-Level Tokens, scope connections:write)",
        secret: true,
    },
    Key {
        name: SIGNING_SECRET,
        ask: "the secret that signs webhooks (Basic Information, App Credentials)",
        secret: true,
    },
    Key {
        name: WEBHOOK_URL,
        ask: "the public https address that leads to this gateway's /webhooks/slack/<account>",
        secret: false,
    },
    Key {
        name: API_ROOT,
        ask: "the address of another Web API",
        secret: false,
    },
];

const SOCKET: Way = Way {
    mode: "socket",
    keys: &[BOT_TOKEN, APP_TOKEN],
};

const WEBHOOK: &[OtherWay] = &[OtherWay {
    chosen_by: WEBHOOK_URL,
    way: Way {
        mode: "webhook",
        keys: &[BOT_TOKEN, SIGNING_SECRET, WEBHOOK_URL],
    },
}];

impl Network for SlackNetwork {
    fn id(&self) -> &'static str {
        "slack"
    }

    fn label(&self) -> &'static str {
        "Slack"
    }

    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn usual_way(&self) -> &'static Way {
        &SOCKET
    }

    fn other_ways(&self) -> &'static [OtherWay] {
        WEBHOOK
    }

    fn wrong_id(&self, of: IdOf, id: &str) -> Option<&'static str> {
        match of {
            IdOf::Person if !is_person(id) => Some(
                "a person's id on Slack looks like U0123ABCD (names can change hands); their profile shows it under Copy member ID",
            ),
            IdOf::Group if !is_room(id) => Some(
                "a channel's id on Slack looks like C0123ABCD; the channel's details show it at their end",
            ),
            IdOf::Person | IdOf::Group => None,
        }
    }

    fn capabilities(&self) -> Capabilities {
        capabilities(DEFAULT_PATIENCE)
    }

    fn open(&self, opening: Opening) -> Result<Arc<dyn Channel>, String> {
        let mode = match opening.values.get(WEBHOOK_URL) {
            Some(public_url) => Mode::Webhook {
                public_url: public_url.clone(),
                signing_secret: opening.secret(SIGNING_SECRET)?,
            },
            None => Mode::Socket {
                app_token: opening.secret(APP_TOKEN)?,
            },
        };
        let token = opening.secret(BOT_TOKEN)?;
        let mut settings = SlackSettings::new(opening.account.clone(), token, mode);
        if let Some(root) = opening.values.get(API_ROOT) {
            settings.api_root.clone_from(root);
        }
        Slack::new(settings, opening.http, opening.clock)
            .map(|app| Arc::new(app) as Arc<dyn Channel>)
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use tidegate_core::channel::AccountKey;
    use tidegate_core::{Secret, SystemClock};

    use super::*;
    use crate::http::HttpClient;

    #[test]
    fn ids_are_stable_ids() {
        let wrong = |of, id| SlackNetwork.wrong_id(of, id).is_some();
        for id in ["U0ALICE001", "W012A3CDE"] {
            assert!(!wrong(IdOf::Person, id), "{id}");
        }
        for id in [
            "",
            "alice",
            "@U0ALICE001",
            "u0alice001",
            "C0GENERAL1",
            "U",
            "*",
        ] {
            assert!(wrong(IdOf::Person, id), "{id}");
        }
        for id in ["C0GENERAL1", "G012345", "D012345"] {
            assert!(!wrong(IdOf::Group, id), "{id}");
        }
        for id in ["", "#general", "general", "U0ALICE001", "C"] {
            assert!(wrong(IdOf::Group, id), "{id}");
        }
    }

    fn opened(secrets: &[(&str, &str)], values: &[(&str, &str)]) -> Result<(), String> {
        let opening = Opening {
            account: AccountKey::new("slack", "default"),
            secrets: secrets
                .iter()
                .map(|(key, value)| ((*key).to_owned(), Secret::new((*value).to_owned())))
                .collect(),
            values: values
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
            http: HttpClient::new().unwrap(),
            clock: Arc::new(SystemClock),
        };
        SlackNetwork.open(opening).map(|_| ())
    }

    #[test]
    fn what_is_missing_is_named() {
        let (bot, app) = ((BOT_TOKEN, "xoxb-1-2-s"), (APP_TOKEN, "xapp-1-A0-2-s"));
        let (hook, sign) = (
            (WEBHOOK_URL, "https://tide.test"),
            (SIGNING_SECRET, "0123456789abcdef"),
        );
        assert_eq!(opened(&[bot, app], &[]), Ok(()));
        assert_eq!(opened(&[bot, sign], &[hook]), Ok(()));
        let missing = |key: &str| Err(format!("{key} could not be had"));
        assert_eq!(opened(&[bot], &[]), missing(APP_TOKEN));
        assert_eq!(opened(&[app], &[]), missing(BOT_TOKEN));
        assert_eq!(opened(&[bot, app], &[hook]), missing(SIGNING_SECRET));
        let root = opened(&[bot, app], &[(API_ROOT, "slack")]).unwrap_err();
        assert!(root.contains("API root"), "{root}");
    }

    #[test]
    fn the_mode_follows_the_keys() {
        assert_eq!(SlackNetwork.way(&|_| false).mode, "socket");
        assert_eq!(SlackNetwork.way(&|key| key == WEBHOOK_URL).mode, "webhook");
    }
}
