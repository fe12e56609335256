//! What one bot needs to know.

use std::path::PathBuf;
use std::time::Duration;

use tidegate_core::Secret;
use tidegate_core::channel::AccountKey;

use crate::call::api_root;

/// The vendor's own server.
pub const DEFAULT_API_ROOT: &str = "https://api.telegram.org";
/// How long one poll waits for news.
pub(super) const DEFAULT_POLL: Duration = Duration::from_secs(30);
/// The vendor cuts longer polls short.
const LONGEST_POLL: Duration = Duration::from_secs(50);
/// Shortest secret of a webhook: a shorter one can be found out by trying (DECISIONS D11).
const SHORTEST_SECRET_CHARS: usize = 16;
/// Longest secret of a webhook.
const LONGEST_SECRET_CHARS: usize = 256;
/// Longest name of a command.
const LONGEST_COMMAND_CHARS: usize = 32;

/// One bot.
#[derive(Debug, Clone)]
pub struct TelegramSettings {
    /// Which account it is.
    pub account: AccountKey,
    /// The token that `BotFather` gave: `number:letters`.
    pub token: Secret<String>,
    /// The server of the Bot API, without a slash at its end.
    pub api_root: String,
    /// How updates come in.
    pub mode: Mode,
    /// How long one poll waits for news, and how often a webhook is looked after; 1 to 50 s,
    /// 30 s by default. A dead connection is noticed half as long after it.
    pub poll: Duration,
    /// Commands that are shown to people as they type; none leaves the list as it is.
    pub commands: Vec<Command>,
    /// The working directory of a Bot API server of one's own that runs with `--local` on this
    /// machine, an absolute path: the server names files by their path, and only those below this
    /// directory are taken.
    pub local_files: Option<PathBuf>,
}

impl TelegramSettings {
    /// A bot that polls the vendor's own server.
    pub fn new(account: AccountKey, token: Secret<String>) -> Self {
        Self {
            account,
            token,
            api_root: DEFAULT_API_ROOT.into(),
            mode: Mode::LongPoll,
            poll: DEFAULT_POLL,
            commands: Vec::new(),
            local_files: None,
        }
    }

    pub(super) fn check(mut self) -> Result<Self, SettingsError> {
        self.token = Secret::new(self.token.expose().trim().to_owned());
        bot_number(self.token.expose()).ok_or(SettingsError::Token)?;
        let root = self.api_root.trim().trim_end_matches('/').to_owned();
        api_root(&root).ok_or(SettingsError::ApiRoot)?;
        self.api_root = root;
        if self.poll < Duration::from_secs(1) || self.poll > LONGEST_POLL {
            return Err(SettingsError::Poll);
        }
        if let Mode::Webhook { secret, .. } = &self.mode
            && !is_secret(secret.expose())
        {
            return Err(SettingsError::WebhookSecret);
        }
        if let Some(command) = self.commands.iter().find(|command| !command.is_valid()) {
            return Err(SettingsError::Command(command.name.clone()));
        }
        if let Some(folder) = &self.local_files {
            if self.api_root == DEFAULT_API_ROOT {
                return Err(SettingsError::LocalFiles);
            }
            if !folder.is_absolute() {
                return Err(SettingsError::RelativeFolder);
            }
        }
        Ok(self)
    }
}

/// How updates come in.
#[derive(Debug, Clone)]
pub enum Mode {
    /// We ask.
    LongPoll,
    /// Telegram calls us.
    Webhook {
        /// The address of our webhook, as the network sees it. Telegram wants HTTPS.
        public_url: String,
        /// What Telegram shows with every call: 16 to 256 of `A-Z a-z 0-9 _ -`.
        secret: Secret<String>,
    },
}

/// A command that is shown to people as they type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its name without the slash: 1 to 32 of `a-z 0-9 _`.
    pub name: String,
    /// What it does.
    pub about: String,
}

impl Command {
    fn is_valid(&self) -> bool {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        (1..=LONGEST_COMMAND_CHARS).contains(&self.name.chars().count())
            && self.name.chars().all(fits)
            && !self.about.trim().is_empty()
    }
}

/// What is wrong with settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The token.
    #[error("the bot token does not look like `123456:ABC…`; BotFather shows it with /token")]
    Token,
    /// The server.
    #[error("the API root must be an http or https address")]
    ApiRoot,
    /// The wait.
    #[error("a poll must wait between 1 and 50 seconds")]
    Poll,
    /// The secret of the webhook.
    #[error(
        "the webhook secret must have 16 to 256 of the characters A-Z a-z 0-9 _ -; `openssl rand -hex 16` makes one"
    )]
    WebhookSecret,
    /// A command.
    #[error("the command `{0}` must have 1 to 32 of a-z 0-9 _, and a description")]
    Command(String),
    /// Local files, of the vendor's own server.
    #[error("local files need a Bot API server of one's own: name it by `apiRoot`")]
    LocalFiles,
    /// The folder of local files.
    #[error("the folder of local files must be an absolute path")]
    RelativeFolder,
}

/// The bot's number: the part of a token before the colon; none if it is no token. What comes
/// after the colon becomes a part of addresses, so it must not change their meaning.
pub(super) fn bot_number(token: &str) -> Option<&str> {
    let (number, rest) = token.split_once(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let fits = !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
        && !rest.is_empty()
        && rest.chars().all(plain);
    fits.then_some(number)
}

fn is_secret(secret: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (SHORTEST_SECRET_CHARS..=LONGEST_SECRET_CHARS).contains(&secret.len())
        && secret.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> TelegramSettings {
        TelegramSettings::new(
            AccountKey::new("telegram", "default"),
            Secret::new("42:AA-bb_cc\n".into()),
        )
    }

    #[test]
    fn a_token_is_trimmed_and_looked_at() {
        let checked = settings().check().unwrap();
        assert_eq!(checked.token.expose(), "42:AA-bb_cc");
        for wrong in [
            "",
            "42",
            "42:",
            ":AA",
            "x:AA",
            "42:A/../B",
            "42:A A",
            "42:A?b",
            "42:A:b",
        ] {
            let mut settings = settings();
            settings.token = Secret::new(wrong.into());
            assert_eq!(
                settings.check().unwrap_err(),
                SettingsError::Token,
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_webhook_without_a_good_secret_does_not_start() {
        for wrong in [
            String::new(),
            "x".repeat(15),
            "x".repeat(16) + " y",
            "ä".repeat(16),
            "x".repeat(257),
        ] {
            let mut settings = settings();
            settings.mode = Mode::Webhook {
                public_url: "https://example.org/hook".into(),
                secret: Secret::new(wrong),
            };
            assert_eq!(settings.check().unwrap_err(), SettingsError::WebhookSecret);
        }
    }

    #[test]
    fn the_rest_is_looked_at_too() {
        let mut root = settings();
        root.api_root = "ftp://example.org".into();
        assert_eq!(root.check().unwrap_err(), SettingsError::ApiRoot);
        let mut root = settings();
        root.api_root = "http://127.0.0.1:8081/".into();
        assert_eq!(root.check().unwrap().api_root, "http://127.0.0.1:8081");
        let mut poll = settings();
        poll.poll = Duration::from_secs(51);
        assert_eq!(poll.check().unwrap_err(), SettingsError::Poll);
        let mut commands = settings();
        commands.commands = vec![Command {
            name: "Status".into(),
            about: "How it is.".into(),
        }];
        assert_eq!(
            commands.check().unwrap_err(),
            SettingsError::Command("Status".into())
        );
        let mut local = settings();
        local.local_files = Some("/var/lib/bot-api".into());
        assert_eq!(local.check().unwrap_err(), SettingsError::LocalFiles);
        let mut relative = settings();
        relative.api_root = "http://127.0.0.1:8081".into();
        relative.local_files = Some("bot-api".into());
        assert_eq!(relative.check().unwrap_err(), SettingsError::RelativeFolder);
    }

    #[test]
    fn the_token_is_never_shown() {
        assert!(!format!("{:?}", settings()).contains("AA-bb"));
    }
}
