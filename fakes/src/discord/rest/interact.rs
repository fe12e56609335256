//! Interactions: a command or a button, its token, and the first answer to it.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Reply};
use super::compose::Draft;
use super::error::{ALREADY_ACKNOWLEDGED, ApiError, UNKNOWN_INTERACTION, invalid};
use super::routes::Route;
use crate::discord::snowflake::Snowflake;
use crate::discord::world::{Whom, World, set};

/// The flag "the bot is thinking".
const LOADING: u64 = 1 << 7;

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Slash { name: String },
    Button { message: Snowflake },
}

/// An interaction and how far it is answered.
#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    pub(crate) id: Snowflake,
    pub(crate) token: String,
    pub(crate) origin: Origin,
    pub(crate) user: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) at_ms: u64,
    /// The type of the first answer.
    pub(crate) answered: Option<u64>,
    /// The message that `@original` means.
    pub(crate) original: Option<Snowflake>,
    /// Nothing but "thinking" was answered yet.
    pub(crate) deferred: bool,
}

impl World {
    pub(crate) fn interaction_metadata(&self, id: Snowflake) -> Value {
        let Some(interaction) = self.interactions.get(&id) else {
            return Value::Null;
        };
        let mut json = json!({
            "id": id, "user": self.user_json(interaction.user),
            "authorizing_integration_owners": { "0": "0" },
            "type": if matches!(interaction.origin, Origin::Slash { .. }) { 2 } else { 3 },
        });
        match &interaction.origin {
            Origin::Slash { name } => set(&mut json, "name", json!(name)),
            Origin::Button { message } => set(&mut json, "interacted_message_id", json!(message)),
        }
        json
    }

    pub(super) fn callback(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let [_, token, _] = route.args;
        let patience = u64::try_from(self.settings.interaction_ack.as_millis()).unwrap_or(0);
        let now_ms = self.now_ms();
        let found = self
            .interactions
            .get(&route.id(0))
            .filter(|found| found.token == token);
        let interaction = found.ok_or(UNKNOWN_INTERACTION)?.clone();
        if interaction.answered.is_some() {
            return Err(ALREADY_ACKNOWLEDGED.into());
        }
        if now_ms.saturating_sub(interaction.at_ms) > patience {
            return Err(UNKNOWN_INTERACTION.into());
        }
        let kind = ask.json.get("type").and_then(Value::as_u64).unwrap_or(0);
        let original = self.first_answer(&interaction, kind, ask)?;
        if let Some(entry) = self.interactions.get_mut(&interaction.id) {
            entry.answered = Some(kind);
            entry.original = original;
            entry.deferred = kind == 5;
        }
        if ask.query("with_response") != Some("true") {
            return Ok(Reply::NoContent);
        }
        self.callback_reply(&interaction, kind, original)
    }

    /// Does what the answer says, and gives the message that is now `@original`.
    fn first_answer(
        &mut self,
        interaction: &Interaction,
        kind: u64,
        ask: &Ask,
    ) -> Result<Option<Snowflake>, ApiError> {
        let data = ask.json.get("data").cloned().unwrap_or_else(|| json!({}));
        let channel = interaction.channel;
        match (kind, &interaction.origin) {
            (4, _) => {
                let draft = self.draft(channel, &data, &ask.files, Whom::users_only())?;
                Ok(Some(self.place_first(interaction, draft)))
            }
            (5, _) => {
                let mut draft = Draft::empty();
                draft.flags = LOADING | data.get("flags").and_then(Value::as_u64).unwrap_or(0) & 64;
                Ok(Some(self.place_first(interaction, draft)))
            }
            (6, Origin::Button { message }) => Ok(Some(*message)),
            (7, Origin::Button { message }) => {
                let body = Ask {
                    json: data,
                    ..ask.clone()
                };
                self.amend(channel, *message, &body, &Whom::users_only())?;
                self.publish_message("MESSAGE_UPDATE", channel, *message);
                Ok(Some(*message))
            }
            _ => Err(invalid(
                "type",
                "INTERACTION_APPLICATION_COMMAND_INVALID_CALLBACK_TYPE",
                "Interaction callback type is invalid for this interaction",
            )),
        }
    }

    /// The first message that answers: of type 20 to a command, a reply to the button's message.
    fn place_first(&mut self, interaction: &Interaction, mut draft: Draft) -> Snowflake {
        match interaction.origin {
            Origin::Slash { .. } => self.place_answer(interaction, draft, 20),
            Origin::Button { message } => {
                draft.reply_to = Some(message);
                self.place_answer(interaction, draft, 0)
            }
        }
    }

    /// A message that answers an interaction; one for the user alone is not told to the gateway.
    pub(super) fn place_answer(
        &mut self,
        interaction: &Interaction,
        draft: Draft,
        kind: u8,
    ) -> Snowflake {
        let ephemeral = draft.flags & 64 != 0;
        let id = self.insert(interaction.channel, self.bot, draft, kind);
        self.answers.insert(id, interaction.id);
        if !ephemeral {
            self.publish_message("MESSAGE_CREATE", interaction.channel, id);
        }
        id
    }

    fn callback_reply(
        &self,
        interaction: &Interaction,
        kind: u64,
        original: Option<Snowflake>,
    ) -> Answer {
        let mut resource = json!({ "type": kind });
        if let Some(id) = original
            && let Reply::Json(message) = self.message_reply(interaction.channel, id)?
        {
            set(&mut resource, "message", message);
        }
        Ok(Reply::Json(json!({
            "interaction": {
                "id": interaction.id,
                "type": if matches!(interaction.origin, Origin::Slash { .. }) { 2 } else { 3 },
                "response_message_id": original, "response_message_loading": kind == 5,
                "response_message_ephemeral": false,
            },
            "resource": resource,
        })))
    }
}
