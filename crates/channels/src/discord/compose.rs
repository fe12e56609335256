//! What a part is in Discord's terms.

use sha2::{Digest as _, Sha256};
use tidegate_core::channel::{
    Body, Button, ChannelError, OutboundMedia, OutboundPart, Poll, Target,
};

use super::api::{Answers, Component, FileNote, Mentions, NewPoll, Outgoing, Reference, Words};
use super::markup;
use super::snowflake::is_id;

/// Discord's limit for a nonce.
const NONCE_CHARS: usize = 25;
/// Rows below a message, and buttons in a row.
const MOST_ROWS: usize = 5;
const MOST_IN_ROW: usize = 5;
/// Characters of a button's label, and of its value.
const LABEL_CHARS: usize = 80;
const VALUE_CHARS: usize = 100;
/// Hours that a poll may be open, and how long it is if nobody says.
const POLL_HOURS: std::ops::RangeInclusive<u32> = 1..=768;
const USUAL_POLL_HOURS: u32 = 24;
/// Answers of a poll.
const MOST_ANSWERS: usize = 10;
/// The vendor's numbers for a row, a button and its grey look.
const ROW: u8 = 1;
const BUTTON: u8 = 2;
const GREY: u8 = 2;

/// A part, ready to be sent.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub(super) part: &'a OutboundPart,
    /// The words as Discord will have them; empty if there are none.
    pub(super) content: String,
    nonce: String,
}

impl<'a> Draft<'a> {
    /// Of this part; `key` is the same in every try.
    pub(super) fn new(part: &'a OutboundPart, key: &str) -> Self {
        let content = match &part.body {
            Body::Text { markdown } | Body::Media { markdown, .. } => markup::fit(markdown),
            Body::Poll(_) => String::new(),
        };
        Self {
            part,
            content,
            nonce: nonce(key),
        }
    }

    /// The body of the call.
    ///
    /// # Errors
    /// `Refused`: an id is not one of Discord's, or there are too many buttons or answers.
    pub(super) fn outgoing(&self) -> Result<Outgoing<'_>, ChannelError> {
        let reply = self.part.reply_to.as_deref().map(message_id).transpose()?;
        Ok(Outgoing {
            content: Some(self.content.as_str()).filter(|content| !content.is_empty()),
            nonce: Some(&self.nonce),
            enforce_nonce: true,
            allowed_mentions: Mentions::default(),
            message_reference: reply.map(|message_id| Reference {
                message_id,
                fail_if_not_exists: false,
            }),
            components: rows(&self.part.buttons)?,
            attachments: self.file().map(note).into_iter().collect(),
            poll: self.poll().map(poll).transpose()?,
        })
    }

    /// The file that goes along.
    pub(super) fn file(&self) -> Option<&'a OutboundMedia> {
        match &self.part.body {
            Body::Media { media, .. } => Some(media),
            Body::Text { .. } | Body::Poll(_) => None,
        }
    }

    /// The poll in it.
    pub(super) fn poll(&self) -> Option<&'a Poll> {
        match &self.part.body {
            Body::Poll(poll) => Some(poll),
            Body::Text { .. } | Body::Media { .. } => None,
        }
    }
}

/// The channel to write to: a thread is one of its own.
///
/// # Errors
/// `Refused`: it is not one of Discord's.
pub(super) fn channel_of(to: &Target) -> Result<&str, ChannelError> {
    id(to.thread.as_deref().unwrap_or(&to.peer.id), "channel")
}

/// Reads the id of a message.
///
/// # Errors
/// `Refused`: it is not one of Discord's.
pub(super) fn message_id(text: &str) -> Result<&str, ChannelError> {
    id(text, "message")
}

fn id<'a>(text: &'a str, what: &str) -> Result<&'a str, ChannelError> {
    is_id(text).then_some(text).ok_or_else(|| {
        ChannelError::Refused(format!("this {what} has no number that Discord knows"))
    })
}

/// The buttons in rows that are short enough; none if there are none.
pub(super) fn rows(rows: &[Vec<Button>]) -> Result<Option<Vec<Component<'_>>>, ChannelError> {
    let short = rows.iter().flat_map(|row| row.chunks(MOST_IN_ROW));
    let rows: Vec<_> = short
        .map(|row| {
            Ok(Component::Row {
                kind: ROW,
                components: row.iter().map(button).collect::<Result<_, _>>()?,
            })
        })
        .collect::<Result<_, ChannelError>>()?;
    if rows.len() > MOST_ROWS {
        return Err(ChannelError::Refused(format!(
            "a message on Discord has at most {MOST_ROWS} rows of {MOST_IN_ROW} buttons"
        )));
    }
    Ok((!rows.is_empty()).then_some(rows))
}

fn button(button: &Button) -> Result<Component<'_>, ChannelError> {
    if !(1..=VALUE_CHARS).contains(&button.value.chars().count()) {
        return Err(ChannelError::Refused(format!(
            "the value of a button must have 1 to {VALUE_CHARS} characters"
        )));
    }
    Ok(Component::Button {
        kind: BUTTON,
        style: GREY,
        label: button.label.chars().take(LABEL_CHARS).collect(),
        custom_id: &button.value,
    })
}

fn note(media: &OutboundMedia) -> FileNote<'_> {
    FileNote {
        id: 0,
        filename: &media.name,
    }
}

fn poll(poll: &Poll) -> Result<NewPoll<'_>, ChannelError> {
    if poll.options.len() > MOST_ANSWERS {
        return Err(ChannelError::Refused(format!(
            "a poll on Discord has at most {MOST_ANSWERS} answers"
        )));
    }
    let hours = poll.duration_hours.unwrap_or(USUAL_POLL_HOURS);
    let answer = |text| Answers {
        poll_media: Words { text },
    };
    Ok(NewPoll {
        question: Words {
            text: &poll.question,
        },
        answers: poll
            .options
            .iter()
            .map(|text| answer(text.as_str()))
            .collect(),
        duration: hours.clamp(*POLL_HOURS.start(), *POLL_HOURS.end()),
        allow_multiselect: poll.max_selections > 1,
    })
}

/// The key in the form that Discord takes: 100 bits of its hash.
fn nonce(key: &str) -> String {
    let mut nonce = format!("{:x}", Sha256::digest(key.as_bytes()));
    nonce.truncate(NONCE_CHARS);
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buttons(count: usize) -> Vec<Button> {
        let button = |at: usize| Button {
            label: "x".repeat(90),
            value: at.to_string(),
        };
        (0..count).map(button).collect()
    }

    #[test]
    fn a_key_fits_and_differs() {
        assert_eq!(nonce("a").len(), 25);
        assert_eq!(nonce("a"), nonce("a"));
        assert_ne!(nonce("a"), nonce("b"));
    }

    #[test]
    fn long_rows_are_folded() {
        let given = [buttons(7), Vec::new(), buttons(1)];
        let folded = rows(&given).unwrap().unwrap();
        let json = serde_json::to_value(&folded).unwrap();
        let sizes: Vec<_> = json
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["components"].as_array().unwrap().len())
            .collect();
        assert_eq!(sizes, [5, 2, 1]);
        assert_eq!(
            json[0]["components"][0]["label"].as_str().unwrap().len(),
            80
        );
        assert!(rows(&[buttons(26)]).is_err());
        assert!(rows(&[]).unwrap().is_none());
        let empty = Button {
            label: "x".into(),
            value: String::new(),
        };
        assert!(rows(&[vec![empty]]).is_err());
    }

    #[test]
    fn nobody_is_notified() {
        let part = OutboundPart::text("hello");
        let draft = Draft::new(&part, "key");
        let json = serde_json::to_value(draft.outgoing().unwrap()).unwrap();
        assert_eq!(json["allowed_mentions"], serde_json::json!({ "parse": [] }));
        assert_eq!(json["enforce_nonce"], true);
    }
}
