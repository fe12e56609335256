//! Small things that are done once: typing, reactions, changes. All of them can be done
//! twice as well as once.

use tidegate_core::channel::{Act, ChannelError, Target};

use super::api::{CallError, DeleteMessage, ReactTo, Reaction, ShowAction};
use super::channel::Telegram;
use super::destination::{Destination, message_number};
use super::reactions::known;

impl Telegram {
    pub(super) async fn do_act(&self, to: &Target, act: &Act) -> Result<(), ChannelError> {
        let to = Destination::of(to)?;
        match act {
            Act::Typing => self.show_typing(&to).await,
            // It ends by itself, or with our next message.
            Act::TypingEnds => Ok(()),
            Act::React { message_id, emoji } => self.react(&to, message_id, emoji).await,
            Act::Edit {
                message_id,
                markdown,
            } => self.change(&to, message_id, markdown).await,
        }
    }

    async fn show_typing(&self, to: &Destination) -> Result<(), ChannelError> {
        let action = ShowAction {
            chat_id: &to.chat,
            message_thread_id: to.action_topic(),
            action: "typing",
        };
        done(self.api.call("sendChatAction", &action).await)
    }

    async fn react(
        &self,
        to: &Destination,
        message_id: &str,
        emoji: &str,
    ) -> Result<(), ChannelError> {
        let reaction = match known(emoji) {
            Some(emoji) => vec![Reaction {
                kind: "emoji",
                emoji,
            }],
            None if emoji.is_empty() => Vec::new(),
            None => {
                return Err(ChannelError::Refused(
                    "Telegram has no such reaction for bots".into(),
                ));
            }
        };
        let react = ReactTo {
            chat_id: &to.chat,
            message_id: message_number(message_id)?,
            reaction,
        };
        done(self.api.call("setMessageReaction", &react).await)
    }

    async fn change(
        &self,
        to: &Destination,
        message_id: &str,
        markdown: &str,
    ) -> Result<(), ChannelError> {
        let id = message_number(message_id)?;
        self.edit(to, id, markdown, None).await?.done()
    }

    /// Takes a message of ours away. One that is gone is no failure.
    pub(super) async fn delete(&self, to: &Destination, id: i64) -> Result<(), ChannelError> {
        let delete = DeleteMessage {
            chat_id: &to.chat,
            message_id: id,
        };
        match self.api.call::<bool>("deleteMessage", &delete).await {
            Err(error) if error.says(&["message to delete not found"]) => Ok(()),
            answer => done(answer),
        }
    }
}

fn done(answer: Result<bool, CallError>) -> Result<(), ChannelError> {
    answer.map(|_| ()).map_err(CallError::repeating)
}
