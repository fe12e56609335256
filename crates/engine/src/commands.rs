//! Slash commands: answered by the gateway itself, whatever model is configured.

use std::fmt::Write;

use tidegate_core::SessionKey;
use tidegate_core::channel::Button;
use tidegate_core::commands;
use tidegate_core::run::Run;
use tidegate_core::store::{Patched, SettingsPatch, StoreError};
use tidegate_protocol::Patch;

use crate::Engine;

/// Words that end the session's runs, as a whole message in any case (V3 6.5).
const STOP_WORDS: [&str; 7] = ["/stop", "stop", "esc", "abort", "wait", "exit", "interrupt"];

/// The word for the configured model.
const DEFAULT_MODEL: &str = "default";
/// Models named in the answer of `/model`.
const MODELS_SHOWN: usize = 30;

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Status,
    New,
    Model(Option<String>),
}

impl Command {
    /// Whether it does what `sessions.reset` and `sessions.patch` do.
    pub(crate) const fn administers(&self) -> bool {
        matches!(self, Self::New | Self::Model(Some(_)))
    }
}

/// Whether the whole message is a stop word.
pub(crate) fn is_stop_word(message: &str) -> bool {
    let word = message.trim().to_lowercase();
    STOP_WORDS.contains(&word.as_str())
}

/// Whether the message is one of ours to answer.
pub(crate) fn is_command(message: &str) -> bool {
    is_stop_word(message) || parse(message).is_some()
}

/// Buttons below the answer to a command, where a network has buttons: what people ask next.
pub(crate) fn buttons(message: &str) -> Vec<Vec<Button>> {
    let rows: &[&[&str]] = match parse(message) {
        Some(Command::Help) => &[&["/status", "/model"], &["/new", "/stop"]],
        Some(Command::Status) => &[&["/model", "/new"]],
        _ => &[],
    };
    let button = |command: &&str| Button {
        label: (*command).to_owned(),
        value: (*command).to_owned(),
    };
    rows.iter()
        .map(|row| row.iter().map(button).collect())
        .collect()
}

pub(crate) fn parse(message: &str) -> Option<Command> {
    let mut words = message.split_whitespace();
    let command = commands::named(words.next()?.strip_prefix('/')?)?;
    let argument = words.next().map(str::to_owned);
    if words.next().is_some() {
        return None;
    }
    match (command.name, argument) {
        ("help", None) => Some(Command::Help),
        ("status", None) => Some(Command::Status),
        ("new", None) => Some(Command::New),
        ("model", argument) => Some(Command::Model(argument)),
        // To stop is no run: `is_stop_word`.
        _ => None,
    }
}

/// Whether two runs may be one turn: neither is a command or has instructions of its own, and both
/// want the same of the model.
pub(crate) fn may_join(first: &Run, next: &Run) -> bool {
    // Answers go back to where they came from: two conversations never share one.
    let chat = |run: &Run| {
        run.request
            .origin
            .as_ref()
            .map(|origin| origin.target.clone())
    };
    let plain = |run: &Run| {
        run.request.extra_system_prompt.is_none()
            && run.request.deliver_to.is_none()
            && parse(&run.request.message).is_none()
    };
    plain(first)
        && plain(next)
        && chat(first) == chat(next)
        && first.request.may_administer == next.request.may_administer
        && first.request.by == next.request.by
        && first.request.thinking == next.request.thinking
        && first.request.timeout_ms == next.request.timeout_ms
}

impl Engine {
    /// Whether the message stops runs instead of starting one.
    pub fn is_stop_word(message: &str) -> bool {
        is_stop_word(message)
    }

    pub(crate) async fn command(
        &self,
        key: &SessionKey,
        command: Command,
    ) -> Result<String, StoreError> {
        match command {
            Command::Help => Ok(self.help()),
            Command::Status => self.status_text(key).await,
            Command::New => {
                self.end_work_of(key);
                self.inner()
                    .sessions
                    .reset_session(key, self.inner().ids.uuid(), self.now_ms())
                    .await?;
                Ok(
                    "A new conversation begins here. The old one is kept but no longer read."
                        .into(),
                )
            }
            Command::Model(None) => self.model_text(key).await,
            Command::Model(Some(word)) => self.choose_model(key, &word).await,
        }
    }

    fn help(&self) -> String {
        let mut text = String::from("**Commands**\n\n");
        for command in commands::LIST {
            let _ = write!(text, "- `/{}` – {}", command.name, command.about);
            if let Some(argument) = command.argument {
                let (command, word) = (command.name, argument.name);
                let _ = write!(text, "; `/{command} <{word}>`: {}", argument.about);
            }
            text.push('\n');
        }
        if !self.inner().agents.model_configured {
            text.push_str(
                "\nNo model is connected yet: write anything else and I tell how to connect one.",
            );
        }
        text
    }

    async fn status_text(&self, key: &SessionKey) -> Result<String, StoreError> {
        let session = self.inner().sessions.session(key).await?;
        let model = self
            .agent_of(key)
            .map(|agent| self.model_of(agent, session.as_ref()).to_string());
        let (active, waiting) = self.inner().lanes.load();
        let mut text = format!(
            "**Tidegate {}**\n\n- Model: `{}`\n- Session: `{key}`\n",
            env!("CARGO_PKG_VERSION"),
            model.unwrap_or_else(|error| error),
        );
        if let Some(session) = session {
            let _ = writeln!(text, "- Messages: {}", session.message_count);
            let level = session
                .settings
                .thinking_level
                .as_deref()
                .unwrap_or("default");
            let _ = writeln!(text, "- Thinking: {level}");
            if let Some(usage) = session.last_usage {
                let _ = writeln!(
                    text,
                    "- Last turn: {} tokens in, {} out",
                    usage.input, usage.output
                );
            }
        }
        let _ = write!(
            text,
            "- Runs in the gateway: {active} at work, {waiting} waiting"
        );
        if !self.inner().agents.model_configured {
            text.push_str("\n\nNo model is connected: the built-in offline agent answers.");
        }
        Ok(text)
    }

    async fn model_text(&self, key: &SessionKey) -> Result<String, StoreError> {
        let session = self.inner().sessions.session(key).await?;
        let current = self
            .agent_of(key)
            .map(|agent| self.model_of(agent, session.as_ref()).to_string());
        let mut text = format!(
            "This conversation uses `{}`.\n\n",
            current.unwrap_or_else(|error| error)
        );
        let models = self.models().await;
        for model in models.iter().take(MODELS_SHOWN) {
            let _ = writeln!(text, "- `{}/{}`", model.provider, model.id);
        }
        if models.len() > MODELS_SHOWN {
            let _ = writeln!(text, "- … and {} more", models.len() - MODELS_SHOWN);
        }
        if !self.inner().agents.model_configured {
            text.push_str(
                "\nNo provider is configured. Write anything else and I tell how to connect one.",
            );
        }
        Ok(text)
    }

    async fn choose_model(&self, key: &SessionKey, word: &str) -> Result<String, StoreError> {
        if word.eq_ignore_ascii_case(DEFAULT_MODEL) {
            self.set_model(key, Patch::Clear).await?;
            return self.default_text(key).await;
        }
        let model = match self.find_model(word).await {
            Ok(model) => model,
            Err(text) => return Ok(text),
        };
        self.set_model(key, Patch::Set(model.to_string())).await?;
        Ok(format!("This conversation now uses `{model}`."))
    }

    /// What a conversation uses that chose nothing.
    async fn default_text(&self, key: &SessionKey) -> Result<String, StoreError> {
        let session = self.inner().sessions.session(key).await?;
        let model = self
            .agent_of(key)
            .map(|agent| self.model_of(agent, session.as_ref()).to_string());
        Ok(match model {
            Ok(model) => format!("This conversation uses the configured model again: `{model}`."),
            Err(text) => text,
        })
    }

    async fn set_model(&self, key: &SessionKey, model: Patch<String>) -> Result<(), StoreError> {
        let patch = SettingsPatch {
            model,
            ..Default::default()
        };
        let inner = self.inner();
        match inner
            .sessions
            .patch_session(key, patch, inner.ids.uuid(), self.now_ms())
            .await?
        {
            Patched::Ok(_) | Patched::LabelTaken | Patched::SpawnedByFixed => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_message_is_a_command_or_stop_word() {
        assert!(is_stop_word(" STOP "));
        assert!(!is_stop_word("stop that"));
        assert_eq!(parse("/help"), Some(Command::Help));
        assert_eq!(
            parse("/model openai/gpt"),
            Some(Command::Model(Some("openai/gpt".into())))
        );
        assert_eq!(parse("/HELP"), Some(Command::Help));
        assert_eq!(parse("help"), None);
        assert_eq!(parse("/help me please"), None);
        assert_eq!(parse("tell me about /help"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn every_command_that_is_shown_is_answered() {
        for command in commands::LIST {
            for name in std::iter::once(&command.name).chain(command.aliases) {
                assert!(is_command(&format!("/{name}")), "{name}");
                let with_word = is_command(&format!("/{name} x"));
                assert_eq!(with_word, command.argument.is_some(), "{name}");
            }
        }
    }

    #[test]
    fn a_button_is_a_command() {
        let mut count = 0;
        for command in commands::LIST {
            for button in buttons(&format!("/{}", command.name)).concat() {
                assert!(is_command(&button.value), "{}", button.value);
                count += 1;
            }
        }
        assert!(count > 0);
    }
}
