//! From updates to the inbox.

use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::Duration;
use tidegate_core::channel::{Heard, Inbox, InboxError};

use super::api::{AnswerCallback, Update, User};
use super::channel::Telegram;
use super::map::inbound;

/// What we want to hear of. Reactions are told only to who names them.
pub(super) const KINDS: &[&str] = &[
    "message",
    "edited_message",
    "channel_post",
    "callback_query",
    "message_reaction",
    "my_chat_member",
];
/// A button stops turning for the person who pressed it; not worth more of a wait.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// One update as it came in: at least its number, and all of it if we can read it.
pub(super) struct Arrived {
    /// Its number, if it has one.
    pub(super) number: Option<i64>,
    update: Option<Update>,
}

#[derive(Deserialize)]
struct Number {
    update_id: i64,
}

impl Arrived {
    /// Reads an update. One that cannot be read must not stand in the way of the next.
    pub(super) fn read(raw: &RawValue) -> Self {
        match serde_json::from_str::<Update>(raw.get()) {
            Ok(update) => Self {
                number: Some(update.update_id),
                update: Some(update),
            },
            Err(_) => Self {
                number: serde_json::from_str::<Number>(raw.get())
                    .ok()
                    .map(|number| number.update_id),
                update: None,
            },
        }
    }
}

impl Telegram {
    /// Gives updates to the inbox, with the cursor behind them. When this returns, they are stored,
    /// and Telegram may forget them. What comes back are the presses of buttons to answer: those of
    /// people who are admitted. One that was known is answered too: the gateway may have died in
    /// between.
    pub(super) async fn take_in(
        &self,
        me: &User,
        inbox: &dyn Inbox,
        arrived: &[Arrived],
        cursor: Option<String>,
    ) -> Result<Vec<String>, InboxError> {
        let now_ms = self.clock.now_ms();
        let mut events = Vec::new();
        let mut presses = Vec::new();
        for arrived in arrived {
            let Some(update) = &arrived.update else {
                let (account, number) = (&self.settings.account, arrived.number);
                tracing::warn!(%account, ?number, "an update cannot be read, and is skipped");
                continue;
            };
            let of_update = inbound(update, me, now_ms);
            if let (Some(query), false) = (&update.callback_query, of_update.is_empty()) {
                presses.push((events.len(), query.id.clone()));
            }
            events.extend(of_update);
        }
        let heard = inbox.accept(&me.id.to_string(), events, cursor).await?;
        Ok(presses
            .into_iter()
            .filter(|(at, _)| matches!(heard.get(*at), Some(Heard::Taken | Heard::Known)))
            .map(|(_, query)| query)
            .collect())
    }

    /// Tells Telegram that presses were heard.
    pub(super) async fn answer_presses(&self, queries: &[String]) {
        let answers = queries.iter().map(|query| async move {
            let answer = AnswerCallback {
                callback_query_id: query,
            };
            let call = self
                .api
                .call_within::<bool>("answerCallbackQuery", &answer, ANSWER_TIMEOUT);
            if let Err(error) = call.await {
                let (account, error) = (&self.settings.account, error.repeating());
                tracing::debug!(%account, %error, "a press of a button could not be answered");
            }
        });
        join_all(answers).await;
    }
}
