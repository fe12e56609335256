//! What one bot needs to know.

use reqwest::Url;
use tidegate_core::Secret;
use tidegate_core::channel::AccountKey;

use crate::call::api_root;

/// The vendor's own server.
pub const DEFAULT_API_ROOT: &str = "https://discord.com/api/v10";
/// Discord's limits for commands (documented): characters of a name and of a description.
const LONGEST_NAME_CHARS: usize = 32;
const LONGEST_ABOUT_CHARS: usize = 100;
/// How the token is written in a header; people copy it along.
const PREFIX: &str = "Bot ";

/// One bot.
#[derive(Debug, Clone)]
pub struct DiscordSettings {
    /// Which account it is.
    pub account: AccountKey,
    /// The bot's token.
    pub token: Secret<String>,
    /// The root of the API with its version, without a slash at its end.
    pub api_root: String,
    /// Slash commands that are shown to people; none leaves the list as it is.
    pub commands: Vec<Command>,
}

impl DiscordSettings {
    /// A bot on the vendor's own server.
    pub fn new(account: AccountKey, token: Secret<String>) -> Self {
        Self {
            account,
            token,
            api_root: DEFAULT_API_ROOT.into(),
            commands: Vec::new(),
        }
    }

    /// Looks everything through; the address of the API comes back read.
    pub(super) fn check(mut self) -> Result<(Self, Url), SettingsError> {
        let token = self.token.expose().trim();
        let token = token.strip_prefix(PREFIX).unwrap_or(token).trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SettingsError::Token);
        }
        self.token = Secret::new(token.to_owned());
        let root = self.api_root.trim().trim_end_matches('/').to_owned();
        let url = api_root(&root).ok_or(SettingsError::ApiRoot)?;
        self.api_root = root;
        if let Some(command) = self.commands.iter().find(|command| !command.is_valid()) {
            return Err(SettingsError::Command(command.name.clone()));
        }
        Ok((self, url))
    }
}

/// A slash command that is shown to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its name without the slash: 1 to 32 of `a-z 0-9 _ -`.
    pub name: String,
    /// What it does, at most 100 characters.
    pub about: String,
    /// What may stand behind it, if something may: its name and what it does.
    pub argument: Option<(String, String)>,
}

impl Command {
    fn is_valid(&self) -> bool {
        let argument = self.argument.as_ref();
        is_named(&self.name, &self.about)
            && argument.is_none_or(|(name, about)| is_named(name, about))
    }
}

fn is_named(name: &str, about: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    (1..=LONGEST_NAME_CHARS).contains(&name.len())
        && name.chars().all(fits)
        && (1..=LONGEST_ABOUT_CHARS).contains(&about.chars().count())
}

/// What is wrong with settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The token.
    #[error(
        "the token is empty or has spaces in it; discord.com/developers → your application → Bot → Reset Token shows a new one"
    )]
    Token,
    /// The server.
    #[error("the API root must be an http or https address")]
    ApiRoot,
    /// A command.
    #[error("the command `{0}` must have 1 to 32 of a-z 0-9 _ -, and a description")]
    Command(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(token: &str) -> DiscordSettings {
        DiscordSettings::new(
            AccountKey::new("discord", "default"),
            Secret::new(token.into()),
        )
    }

    #[test]
    fn a_token_is_trimmed_and_looked_at() {
        let (checked, _) = settings(" Bot abc.def.ghi\n").check().unwrap();
        assert_eq!(checked.token.expose(), "abc.def.ghi");
        for wrong in ["", "  ", "a b", "ä.b.c", "a\r\nb"] {
            let error = settings(wrong).check().unwrap_err();
            assert_eq!(error, SettingsError::Token, "{wrong}");
        }
    }

    #[test]
    fn the_rest_is_looked_at_too() {
        let mut root = settings("a.b.c");
        root.api_root = "http://127.0.0.1:8081/api/v10/".into();
        let (checked, url) = root.clone().check().unwrap();
        assert_eq!(checked.api_root, "http://127.0.0.1:8081/api/v10");
        assert_eq!(url.path(), "/api/v10");
        root.api_root = "ftp://example.org".into();
        assert_eq!(root.check().unwrap_err(), SettingsError::ApiRoot);
        let mut commands = settings("a.b.c");
        commands.commands = vec![Command {
            name: "Status".into(),
            about: "How it is".into(),
            argument: None,
        }];
        let error = commands.check().unwrap_err();
        assert_eq!(error, SettingsError::Command("Status".into()));
    }

    #[test]
    fn the_token_is_never_shown() {
        assert!(!format!("{:?}", settings("abc.qrs.xyz")).contains("qrs"));
    }
}
