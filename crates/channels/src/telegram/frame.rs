//! What is around a message: where it goes, what it answers, the buttons below it.

use tidegate_core::channel::{Button, ChannelError, OutboundPart, Poll};

use super::api::{Choice, Keyboard, KeyboardButton, NewPoll, Outgoing, ReplyTo};
use super::destination::{Destination, message_number};

/// Telegram's limit for the value of a button, in bytes.
const BUTTON_BYTES: usize = 64;
/// What is around a part, in Telegram's terms.
pub(super) struct Frame {
    to: Destination,
    reply: Option<ReplyTo>,
    pub(super) keyboard: Option<Keyboard>,
}

impl Frame {
    /// Around this part.
    ///
    /// # Errors
    /// `Refused`: an id is not one of Telegram's, or a button is too long.
    pub(super) fn of(to: &Destination, part: &OutboundPart) -> Result<Self, ChannelError> {
        let reply = part.reply_to.as_deref().map(message_number).transpose()?;
        Ok(Self {
            to: to.clone(),
            reply: reply.map(|message_id| ReplyTo {
                message_id,
                allow_sending_without_reply: true,
            }),
            keyboard: keyboard(&part.buttons)?,
        })
    }

    /// A message without words.
    pub(super) fn message(&self) -> Outgoing {
        Outgoing {
            message_thread_id: self.to.message_topic(),
            reply_parameters: self.reply.clone(),
            reply_markup: self.keyboard.clone(),
            ..Outgoing::to(self.to.chat.clone())
        }
    }

    /// A poll.
    pub(super) fn poll<'a>(&'a self, poll: &'a Poll) -> NewPoll<'a> {
        NewPoll {
            chat_id: &self.to.chat,
            message_thread_id: self.to.message_topic(),
            question: &poll.question,
            options: poll.options.iter().map(|text| Choice { text }).collect(),
            allows_multiple_answers: poll.max_selections > 1,
            open_period: poll.duration_hours.map(|hours| u64::from(hours) * 3600),
            reply_parameters: self.reply.clone(),
            reply_markup: self.keyboard.clone(),
        }
    }
}

fn keyboard(rows: &[Vec<Button>]) -> Result<Option<Keyboard>, ChannelError> {
    if rows.iter().flatten().any(|b| b.value.len() > BUTTON_BYTES) {
        return Err(ChannelError::Refused(format!(
            "the value of a button is longer than {BUTTON_BYTES} bytes"
        )));
    }
    let button = |button: &Button| KeyboardButton {
        text: button.label.clone(),
        callback_data: button.value.clone(),
    };
    let rows: Vec<Vec<_>> = rows
        .iter()
        .filter(|row| !row.is_empty())
        .map(|row| row.iter().map(button).collect())
        .collect();
    Ok((!rows.is_empty()).then_some(Keyboard {
        inline_keyboard: rows,
    }))
}
