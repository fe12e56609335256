//! Slash commands: what people are shown as they type.

use std::sync::atomic::Ordering;

use super::account::Me;
use super::api::{AppCommand, AppOption, CallError, Route};
use super::channel::Discord;
use super::settings::Command;

/// The vendor's number for commands of the chat, and for an option that is text.
const CHAT_INPUT: u8 = 1;
const TEXT_OPTION: u8 = 3;

impl Discord {
    /// Tells the list of commands, once and only if it is another one than Discord has. It is a
    /// comfort: a failure is told and no more.
    pub(super) async fn tell_commands(&self, me: &Me) {
        if self.settings.commands.is_empty() || self.commands_told.load(Ordering::Relaxed) {
            return;
        }
        match self.compare_and_tell(me).await {
            Ok(()) => self.commands_told.store(true, Ordering::Relaxed),
            Err(error) => {
                let (account, error) = (&self.settings.account, error.repeating());
                tracing::warn!(%account, %error, "the list of commands could not be told");
            }
        }
    }

    async fn compare_and_tell(&self, me: &Me) -> Result<(), CallError> {
        let path = ["applications", &me.application, "commands"];
        let ours: Vec<_> = self.settings.commands.iter().map(registered).collect();
        let mut theirs: Vec<AppCommand> = self.api.call(&Route::get(&path)).await?;
        theirs.sort_by(|a, b| a.name.cmp(&b.name));
        let mut sorted = ours.clone();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        if theirs == sorted {
            return Ok(());
        }
        self.api.tell(&Route::put(&path), &ours).await
    }
}

fn registered(command: &Command) -> AppCommand {
    let option = command.argument.as_ref().map(|(name, about)| AppOption {
        kind: TEXT_OPTION,
        name: name.clone(),
        description: about.clone(),
        required: false,
    });
    AppCommand {
        kind: CHAT_INPUT,
        name: command.name.clone(),
        description: command.about.clone(),
        options: option.into_iter().collect(),
    }
}
