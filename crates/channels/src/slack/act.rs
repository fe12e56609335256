//! Small things that are done once: reactions, changes. All of them can be done twice as
//! well as once.

use tidegate_core::channel::{Act, ChannelError, Target};

use super::api::{CallError, Changed, Named, Posting};
use super::channel::Slack;
use super::destination::{Destination, message_ts};

impl Slack {
    pub(super) async fn do_act(&self, to: &Target, act: &Act) -> Result<(), ChannelError> {
        let to = Destination::of(to)?;
        match act {
            Act::Typing | Act::TypingEnds => Err(ChannelError::Unsupported("show typing")),
            Act::React { message_id, emoji } => self.react(&to, message_id, emoji).await,
            Act::Edit {
                message_id,
                markdown,
            } => self.edit(&to, message_id, markdown).await,
        }
    }

    async fn edit(&self, to: &Destination, id: &str, markdown: &str) -> Result<(), ChannelError> {
        let posting = Posting::change(to, message_ts(id)?, markdown);
        self.update(&posting).await?.done()
    }

    /// Takes a message of ours away. One that is gone is no failure.
    pub(super) async fn delete(&self, to: &Destination, id: &str) -> Result<(), ChannelError> {
        let named = Named {
            channel: &to.channel,
            ts: message_ts(id)?,
        };
        match self.api.write::<Changed>("chat.delete", &named).await {
            Err(error) if error.is(&["message_not_found"]) => Ok(()),
            answer => answer.map(|_| ()).map_err(CallError::repeating),
        }
    }
}
