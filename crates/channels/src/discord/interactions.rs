//! Answers to slash commands and buttons.
//!
//! Discord shows "the application did not respond" to whoever gets none within three seconds. A
//! stranger gets exactly that: no sign of life is ours (SECURITY T29, T30). Somebody who is admitted
//! gets a short line that they alone can see; the answer itself is a message like every other. A
//! "thinking …" would hang for fifteen minutes if the gateway died before it was taken back, so it
//! is never shown.

use std::time::Duration;

use tidegate_core::channel::Heard;
use tokio::time::timeout;

use super::api::{Callback, CallbackData, Interaction, Mentions, Route};
use super::channel::Discord;

/// After that no answer is taken any more.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
/// The vendor's numbers: a message as an answer, and an answer that shows nothing.
const MESSAGE: u8 = 4;
const NOTHING: u8 = 6;
/// Only who did it can see the answer.
const FOR_ONE_ALONE: u64 = 1 << 6;
/// What kind of interaction a button is.
const COMPONENT: u8 = 3;

impl Discord {
    /// Tells Discord that an interaction was heard, if its sender is admitted. One that was known
    /// is answered too: the gateway may have died in between.
    pub(super) async fn answer(&self, interaction: &Interaction, heard: Option<Heard>) {
        if !matches!(heard, Some(Heard::Taken | Heard::Known)) {
            return;
        }
        let path = [
            "interactions",
            &interaction.id,
            &interaction.token,
            "callback",
        ];
        let (route, body) = (Route::post(&path), callback(interaction));
        let call = timeout(ANSWER_TIMEOUT, self.api.tell(&route, &body));
        let account = &self.settings.account;
        match call.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let error = error.repeating();
                tracing::debug!(%account, %error, "an interaction could not be answered");
            }
            Err(_) => tracing::debug!(%account, "an interaction could not be answered in time"),
        }
    }
}

fn callback(interaction: &Interaction) -> Callback {
    if interaction.kind == COMPONENT {
        return Callback {
            kind: NOTHING,
            data: None,
        };
    }
    let data = interaction.data.as_ref();
    let name = data
        .and_then(|data| data.name.as_deref())
        .unwrap_or_default();
    Callback {
        kind: MESSAGE,
        data: Some(CallbackData {
            content: format!("Heard: /{name}"),
            flags: FOR_ONE_ALONE,
            allowed_mentions: Mentions::default(),
        }),
    }
}
