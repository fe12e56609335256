//! Our reactions.

use tidegate_core::channel::ChannelError;

use super::api::{CallError, Changed, Reacting};
use super::channel::Slack;
use super::destination::{Destination, message_ts};
use super::emoji::name_of;

impl Slack {
    /// Puts a reaction to a message, or takes all of ours away.
    pub(super) async fn react(
        &self,
        to: &Destination,
        message_id: &str,
        emoji: &str,
    ) -> Result<(), ChannelError> {
        let ts = message_ts(message_id)?;
        if emoji.is_empty() {
            for name in self.our_reactions(to, ts).await? {
                self.change("reactions.remove", to, ts, &name, "no_reaction")
                    .await?;
            }
            return Ok(());
        }
        let name = name_of(emoji).ok_or_else(|| {
            ChannelError::Refused(
                "we know no name of this emoji; Slack's own between colons does as well".into(),
            )
        })?;
        self.change("reactions.add", to, ts, name, "already_reacted")
            .await
    }

    /// One change. What is so already is no failure.
    async fn change(
        &self,
        method: &str,
        to: &Destination,
        ts: &str,
        name: &str,
        is_so: &str,
    ) -> Result<(), ChannelError> {
        let reacting = Reacting {
            channel: &to.channel,
            timestamp: ts,
            name,
        };
        match self.api.write::<Changed>(method, &reacting).await {
            Err(error) if error.is(&[is_so]) => Ok(()),
            answer => answer.map(|_| ()).map_err(CallError::repeating),
        }
    }
}
