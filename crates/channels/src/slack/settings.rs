//! What one app needs to know.

use std::time::Duration;

use reqwest::Url;
use tidegate_core::Secret;
use tidegate_core::channel::AccountKey;

use crate::call::api_root;

/// The vendor's own server.
pub const DEFAULT_API_ROOT: &str = "https://slack.com/api";
/// Slack's own client gives a socket up after so long without a ping.
pub(super) const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);

/// Shortest secret that signs webhooks; Slack's own have 32 characters (DECISIONS D11).
const SHORTEST_SECRET_CHARS: usize = 16;

/// One app in one workspace.
#[derive(Debug, Clone)]
pub struct SlackSettings {
    /// Which account it is.
    pub account: AccountKey,
    /// The token of the app's bot: `xoxb-…`.
    pub bot_token: Secret<String>,
    /// Where the methods of the Web API are.
    pub api_root: String,
    /// How events come in.
    pub mode: Mode,
    /// How long the way in may be silent before it counts as dead; at least 1 s, 30 s by default.
    pub patience: Duration,
}

/// How events come in.
#[derive(Debug, Clone)]
pub enum Mode {
    /// By a socket that we open.
    Socket {
        /// The app's own token: `xapp-…`, with the permission `connections:write`.
        app_token: Secret<String>,
    },
    /// Slack calls us.
    Webhook {
        /// The address of our webhook, as the owner must tell it to Slack.
        public_url: String,
        /// What Slack signs its calls with.
        signing_secret: Secret<String>,
    },
}

impl SlackSettings {
    /// An app at the vendor's own server.
    pub fn new(account: AccountKey, bot_token: Secret<String>, mode: Mode) -> Self {
        Self {
            account,
            bot_token,
            api_root: DEFAULT_API_ROOT.into(),
            mode,
            patience: DEFAULT_PATIENCE,
        }
    }

    /// The settings without blanks, and the address of the methods.
    pub(super) fn check(mut self) -> Result<(Self, Url), SettingsError> {
        self.bot_token = trimmed(&self.bot_token);
        if !is_token(self.bot_token.expose(), &["xoxb-", "xoxe.xoxb-"]) {
            return Err(SettingsError::BotToken);
        }
        match &mut self.mode {
            Mode::Socket { app_token } => {
                *app_token = trimmed(app_token);
                if !is_token(app_token.expose(), &["xapp-"]) {
                    return Err(SettingsError::AppToken);
                }
            }
            Mode::Webhook { signing_secret, .. } => {
                *signing_secret = trimmed(signing_secret);
                // With a short one anybody could find it out, and sign.
                if signing_secret.expose().chars().count() < SHORTEST_SECRET_CHARS {
                    return Err(SettingsError::SigningSecret);
                }
            }
        }
        if self.patience < Duration::from_secs(1) {
            return Err(SettingsError::Patience);
        }
        let root = api_root(self.api_root.trim()).ok_or(SettingsError::ApiRoot)?;
        Ok((self, root))
    }

    /// What makes the app one on the host: its id, which stands in the app's token; or the numbers
    /// of workspace and bot in the bot's token.
    pub(super) fn fingerprint(&self) -> String {
        let (token, parts) = match &self.mode {
            Mode::Socket { app_token } => (app_token, 2..3),
            Mode::Webhook { .. } => (&self.bot_token, 1..3),
        };
        let words: Vec<_> = token.expose().split('-').collect();
        // The last word is the secret, whatever the form of the token is.
        let public = words.split_last().map_or(&[][..], |(_, public)| public);
        public.get(parts).unwrap_or_default().join("-")
    }
}

/// What is wrong with settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The token of the bot.
    #[error(
        "the bot token does not look like `xoxb-…`; the app's page shows it under OAuth & Permissions"
    )]
    BotToken,
    /// The token of the app.
    #[error(
        "the app token does not look like `xapp-…`; the app's page makes one under Basic Information, App-Level Tokens, with the scope connections:write"
    )]
    AppToken,
    /// The secret that signs webhooks.
    #[error(
        "the signing secret has less than 16 characters; the app's page shows it under Basic Information, App Credentials"
    )]
    SigningSecret,
    /// The server.
    #[error("the API root must be an http or https address")]
    ApiRoot,
    /// The wait.
    #[error("the way in must be allowed to be silent for at least one second")]
    Patience,
}

fn trimmed(secret: &Secret<String>) -> Secret<String> {
    Secret::new(secret.expose().trim().to_owned())
}

/// Whether it begins like such a token, and can stand in a header.
fn is_token(token: &str, begins: &[&str]) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let rest = begins.iter().find_map(|begin| token.strip_prefix(begin));
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(bot: &str, app: &str) -> SlackSettings {
        let app_token = Secret::new(app.into());
        SlackSettings::new(
            AccountKey::new("slack", "default"),
            Secret::new(bot.into()),
            Mode::Socket { app_token },
        )
    }

    fn hooked(secret: &str) -> SlackSettings {
        let mode = Mode::Webhook {
            public_url: "https://example.org/hook".into(),
            signing_secret: Secret::new(secret.into()),
        };
        SlackSettings {
            mode,
            ..settings("xoxb-1-2-secret", "xapp-1")
        }
    }

    #[test]
    fn tokens_are_trimmed_and_looked_at() {
        let (checked, root) = settings("xoxb-1-2-s \n", " xapp-1-A1-2-s").check().unwrap();
        assert_eq!(checked.bot_token.expose(), "xoxb-1-2-s");
        assert_eq!(root.as_str(), DEFAULT_API_ROOT);
        let error = |bot, app| settings(bot, app).check().unwrap_err();
        for wrong in ["", "xoxb-", "xoxp-1-2-s", "xoxb-1\r\nX: y", "xapp-1-A1-2-s"] {
            assert_eq!(error(wrong, "xapp-1"), SettingsError::BotToken, "{wrong}");
        }
        for wrong in ["", "xapp-", "xoxb-1-2-s"] {
            assert_eq!(error("xoxb-1", wrong), SettingsError::AppToken, "{wrong}");
        }
    }

    #[test]
    fn a_short_signing_secret_is_refused() {
        for short in ["", "  ", "\n", "0123456789abcde", "0123456789abcde "] {
            let error = hooked(short).check().unwrap_err();
            assert_eq!(error, SettingsError::SigningSecret);
        }
        assert!(hooked("0123456789abcdef\n").check().is_ok());
    }

    #[test]
    fn the_fingerprint_is_public() {
        let of_app = settings("xoxb-1-2-secret", "xapp-1-A0TIDE-3-secret");
        assert_eq!(of_app.fingerprint(), "A0TIDE");
        assert_eq!(hooked("x").fingerprint(), "1-2");
        let odd = settings("xoxb-secret", "xapp-secret");
        assert_eq!(odd.fingerprint(), "");
    }

    #[test]
    fn the_root_is_an_address() {
        for wrong in ["", "slack.com", "file:///tmp", "https://slack.com/api?x=1"] {
            let settings = SlackSettings {
                api_root: wrong.into(),
                ..settings("xoxb-1", "xapp-1")
            };
            assert_eq!(settings.check().unwrap_err(), SettingsError::ApiRoot);
        }
    }
}
