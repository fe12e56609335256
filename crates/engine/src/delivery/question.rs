//! A question in a chat of the owner: one message with buttons, or a hint where it does not fit.

use tidegate_core::channel::{Button, Target};

use super::group;
use super::parts::Envelope;
use crate::Engine;

/// The longest value of a button, in bytes: the least of the networks' limits.
const BUTTON_VALUE_BYTES: usize = 64;

/// A question to put up.
pub(crate) struct Poster {
    /// Where.
    pub(crate) target: Target,
    /// The question, whole.
    pub(crate) whole: String,
    /// What can be answered.
    pub(crate) buttons: Vec<Vec<Button>>,
    /// What is said in its place where the whole does not fit into one message.
    pub(crate) else_text: String,
    /// Until when it is of use, in Unix milliseconds.
    pub(crate) expires_at_ms: u64,
}

impl Engine {
    /// Puts a question up on an account that works. A failure is in the log.
    pub(crate) async fn post_question(&self, poster: Poster) {
        let inner = self.inner();
        let target = poster.target;
        let Some(account) = inner.accounts.get(&target.account) else {
            return;
        };
        if !account.ledger.state().works() {
            return;
        }
        let can = account.channel.capabilities();
        let envelope = || Envelope::new(group::notice(&*inner.ids), target.clone(), self.now_ms());
        let mut parts = envelope().text(&poster.whole, can);
        if parts.len() == 1 {
            let fits = |row: &Vec<Button>| row.iter().all(|b| b.value.len() <= BUTTON_VALUE_BYTES);
            if can.buttons && poster.buttons.iter().all(fits) {
                for part in &mut parts {
                    part.body.buttons.clone_from(&poster.buttons);
                }
            }
        } else {
            parts = envelope().text(&poster.else_text, can);
        }
        for part in &mut parts {
            part.expires_at_ms = poster.expires_at_ms.min(part.expires_at_ms);
        }
        self.put_unasked(&target.account, parts).await;
    }
}
