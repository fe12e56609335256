//! What an interaction's token is good for after the first answer.

use super::ask::{Answer, Ask, Reply};
use super::error::{ApiError, BAD_WEBHOOK_TOKEN, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK};
use super::interact::Interaction;
use super::routes::Route;
use crate::discord::snowflake::Snowflake;
use crate::discord::world::{Whom, World};

impl World {
    /// The answered interaction whose token stands in the path.
    fn by_token(&self, route: &Route<'_>) -> Result<Interaction, ApiError> {
        let [_, token, _] = route.args;
        let found = self
            .interactions
            .values()
            .find(|found| found.token == token);
        let interaction = found
            .filter(|_| route.id(0) == self.bot)
            .ok_or(UNKNOWN_WEBHOOK)?;
        let life = u64::try_from(self.settings.interaction_token.as_millis()).unwrap_or(0);
        if self.now_ms().saturating_sub(interaction.at_ms) > life {
            return Err(BAD_WEBHOOK_TOKEN.into());
        }
        if interaction.answered.is_none() {
            return Err(UNKNOWN_WEBHOOK.into());
        }
        Ok(interaction.clone())
    }

    /// The message of a path: an id, or `@original`. It must answer the interaction.
    fn answer_of(
        &self,
        interaction: &Interaction,
        route: &Route<'_>,
    ) -> Result<Snowflake, ApiError> {
        let [_, _, id] = route.args;
        if id == "@original" {
            return Ok(interaction.original.ok_or(UNKNOWN_MESSAGE)?);
        }
        let id = route.id(2);
        let ours = self.answers.get(&id) == Some(&interaction.id);
        if ours {
            Ok(id)
        } else {
            Err(UNKNOWN_MESSAGE.into())
        }
    }

    /// Right after "thinking" it is the answer itself, else a message more.
    pub(super) fn follow_up(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let interaction = self.by_token(route)?;
        if let Some(original) = interaction.original.filter(|_| interaction.deferred) {
            self.settle(&interaction, original, ask)?;
            return self.message_reply(interaction.channel, original);
        }
        let mut draft = self.draft(
            interaction.channel,
            &ask.json,
            &ask.files,
            Whom::users_only(),
        )?;
        draft.reply_to = interaction.original;
        let id = self.place_answer(&interaction, draft, 0);
        self.message_reply(interaction.channel, id)
    }

    pub(super) fn read_answer(&self, route: &Route<'_>) -> Answer {
        let interaction = self.by_token(route)?;
        let id = self.answer_of(&interaction, route)?;
        self.message_reply(interaction.channel, id)
    }

    pub(super) fn edit_answer(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let interaction = self.by_token(route)?;
        let id = self.answer_of(&interaction, route)?;
        self.settle(&interaction, id, ask)?;
        self.message_reply(interaction.channel, id)
    }

    /// Changes an answer; "thinking" is over with it.
    fn settle(
        &mut self,
        interaction: &Interaction,
        id: Snowflake,
        ask: &Ask,
    ) -> Result<(), ApiError> {
        self.amend(interaction.channel, id, ask, &Whom::users_only())?;
        if let Some(entry) = self.interactions.get_mut(&interaction.id) {
            entry.deferred = entry.deferred && entry.original != Some(id);
        }
        let channel = self.channels.get_mut(&interaction.channel);
        let Some(message) = channel.and_then(|channel| channel.messages.get_mut(&id)) else {
            return Ok(());
        };
        message.flags &= !(1 << 7);
        if message.flags & 64 == 0 {
            self.publish_message("MESSAGE_UPDATE", interaction.channel, id);
        }
        Ok(())
    }

    pub(super) fn delete_answer(&mut self, route: &Route<'_>) -> Answer {
        let interaction = self.by_token(route)?;
        let id = self.answer_of(&interaction, route)?;
        self.remove_message(interaction.channel, id);
        Ok(Reply::NoContent)
    }
}
