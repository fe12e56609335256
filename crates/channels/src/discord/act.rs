//! Small things that are done once: typing, reactions, changes. All of them can be done
//! twice as well as once.

use tidegate_core::channel::{Act, ChannelError, Target};

use super::api::{CallError, Message, Route};
use super::channel::Discord;
use super::compose::{channel_of, message_id};
use super::emoji::forms;
use super::fault::{UNKNOWN_EMOJI, UNKNOWN_MESSAGE};

impl Discord {
    pub(super) async fn do_act(&self, to: &Target, act: &Act) -> Result<(), ChannelError> {
        let channel = channel_of(to)?;
        match act {
            Act::Typing => {
                let path = ["channels", channel, "typing"];
                let shown = self.api.ask(&Route::post(&path)).await;
                shown.map_err(CallError::repeating)
            }
            // It ends by itself, or with our next message.
            Act::TypingEnds => Ok(()),
            Act::React {
                message_id: id,
                emoji,
            } => {
                let id = message_id(id)?;
                let done = if emoji.is_empty() {
                    self.take_reactions(channel, id).await
                } else {
                    self.react(channel, id, emoji).await
                };
                done.map_err(CallError::repeating)
            }
            Act::Edit {
                message_id: id,
                markdown,
            } => {
                let id = message_id(id)?;
                self.edit(channel, id, markdown, None).await?.done()
            }
        }
    }

    /// Puts a reaction, in the first form that Discord knows.
    async fn react(&self, channel: &str, id: &str, emoji: &str) -> Result<(), CallError> {
        let mut refused = None;
        for form in forms(emoji) {
            let path = [
                "channels",
                channel,
                "messages",
                id,
                "reactions",
                &form,
                "@me",
            ];
            match self.api.ask(&Route::put(&path)).await {
                Err(error) if error.has_code(&[UNKNOWN_EMOJI]) => refused = Some(error),
                done => return done,
            }
        }
        refused.map_or(Ok(()), Err)
    }

    /// Takes all of our reactions away.
    async fn take_reactions(&self, channel: &str, id: &str) -> Result<(), CallError> {
        let path = ["channels", channel, "messages", id];
        let message: Message = self.api.call(&Route::get(&path)).await?;
        let ours = message.reactions.iter().filter(|reaction| reaction.me);
        for emoji in ours.filter_map(|reaction| reaction.emoji.written()) {
            let path = [
                "channels",
                channel,
                "messages",
                id,
                "reactions",
                &emoji,
                "@me",
            ];
            self.api.ask(&Route::delete(&path)).await?;
        }
        Ok(())
    }

    /// Takes a message of ours away. One that is gone is no failure.
    pub(super) async fn delete(&self, channel: &str, id: &str) -> Result<(), ChannelError> {
        let path = ["channels", channel, "messages", id];
        match self.api.ask(&Route::delete(&path)).await {
            Err(error) if error.has_code(&[UNKNOWN_MESSAGE]) => Ok(()),
            done => done.map_err(CallError::repeating),
        }
    }
}
