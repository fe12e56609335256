//! Who we are, and what people may be shown that we can do.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tidegate_core::channel::{ChannelError, Identity};

use super::api::{BotCommand, CallError, Commands, NoParams, User};
use super::channel::Telegram;

/// Telegram's limits for the description of a command, in characters.
const LONGEST_ABOUT: usize = 256;

impl Telegram {
    /// Asks who we are.
    pub(super) async fn meet(&self) -> Result<Arc<User>, ChannelError> {
        let me = self.api.call("getMe", &NoParams {}).await;
        me.map(|user| self.me.learn(user))
            .map_err(CallError::receiving)
    }

    /// Tells the list of commands, once. It is a comfort: a failure is told and no more.
    pub(super) async fn tell_commands(&self) {
        if self.settings.commands.is_empty() || self.commands_told.load(Ordering::Relaxed) {
            return;
        }
        let commands = self.settings.commands.iter().map(|command| BotCommand {
            command: &command.name,
            description: command.about.chars().take(LONGEST_ABOUT).collect(),
        });
        let commands = Commands {
            commands: commands.collect(),
        };
        match self.api.call::<bool>("setMyCommands", &commands).await {
            Ok(_) => self.commands_told.store(true, Ordering::Relaxed),
            Err(error) => {
                let error = error.repeating();
                let account = &self.settings.account;
                tracing::warn!(%account, %error, "the list of commands could not be told");
            }
        }
    }
}

/// Who we are, in our words.
pub(super) fn identity(me: &User) -> Identity {
    let mut notes = Vec::new();
    if me.can_join_groups == Some(false) {
        notes.push("The bot cannot be taken into groups; /setjoingroups at BotFather.".into());
    } else if me.can_read_all_group_messages == Some(false) {
        notes.push(
            "In groups the bot hears only commands, mentions and replies; /setprivacy at \
             BotFather, then take it out of the group and in again."
                .into(),
        );
    }
    Identity {
        id: me.id.to_string(),
        name: Some(me.first_name.clone()).filter(|name| !name.is_empty()),
        handle: me.username.clone(),
        notes,
    }
}
