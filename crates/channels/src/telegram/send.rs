//! Sending one part.

use serde::de::{DeserializeOwned, IgnoredAny};
use tidegate_core::channel::{
    Body, ChannelError, MediaKind, OutboundMedia, OutboundPart, Receipt, Target,
};

use super::api::{Attachment, CallError, Keyboard, Outgoing, Sent};
use super::capabilities::PHOTO_BYTES;
use super::channel::Telegram;
use super::destination::{Destination, message_number};
use super::frame::Frame;
use super::markup;

/// The vendor's words when our marks are the trouble: then the words go without marks.
const ABOUT_MARKS: &[&str] = &[
    "can't parse entities",
    "message is too long",
    "message_too_long",
    "caption is too long",
    "text is empty",
    "text must be non-empty",
];
/// The vendor's words when a message of ours cannot be changed any more.
const GONE: &[&str] = &[
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
];
/// The vendor's words when a file is not fit to be shown or heard, but could be sent as it is.
const NOT_AS_THAT: &[&str] = &[
    "photo_",
    "image_process_failed",
    "voice_messages_forbidden",
    "restricted receiving of voice",
    "wrong type of the web page content",
];

/// What became of a change.
pub(super) enum Edit {
    /// The message says it now.
    Done,
    /// There is no such message, or it cannot be changed any more; Telegram's words.
    Gone(String),
}

/// In which parameter the words go.
#[derive(Clone, Copy)]
enum Words {
    Text,
    Caption,
}

impl Telegram {
    pub(super) async fn send_part(
        &self,
        to: &Target,
        part: &OutboundPart,
    ) -> Result<Receipt, ChannelError> {
        let to = Destination::of(to)?;
        let frame = Frame::of(&to, part)?;
        let Some(draft) = part.replaces.as_deref().map(message_number).transpose()? else {
            return self.send_new(&frame, &part.body).await;
        };
        if let Body::Text { markdown } = &part.body {
            let keyboard = frame.keyboard.clone();
            if let Edit::Done = self.edit(&to, draft, markdown, keyboard).await? {
                return Ok(receipt_of(draft));
            }
            return self.send_new(&frame, &part.body).await;
        }
        let receipt = self.send_new(&frame, &part.body).await?;
        // The answer is there; a draft that stays is ugly, and no reason to send it again.
        if let Err(error) = self.delete(&to, draft).await {
            let account = &self.settings.account;
            tracing::warn!(%account, %error, "a draft could not be taken away");
        }
        Ok(receipt)
    }

    async fn send_new(&self, frame: &Frame, body: &Body) -> Result<Receipt, ChannelError> {
        let sent = match body {
            Body::Text { markdown } => {
                let message = frame.message();
                self.speak("sendMessage", message, Words::Text, markdown, None)
                    .await
            }
            Body::Media { media, markdown } => self.send_media(frame, media, markdown).await,
            Body::Poll(poll) => self.api.call("sendPoll", &frame.poll(poll)).await,
        };
        sent.map(receipt).map_err(CallError::sending)
    }

    async fn send_media(
        &self,
        frame: &Frame,
        media: &OutboundMedia,
        markdown: &str,
    ) -> Result<Sent, CallError> {
        let kind = fitting_kind(media);
        match self.send_file(frame, kind, media, markdown).await {
            Err(error) if kind != MediaKind::Document && error.says(NOT_AS_THAT) => {
                self.send_file(frame, MediaKind::Document, media, markdown)
                    .await
            }
            sent => sent,
        }
    }

    async fn send_file(
        &self,
        frame: &Frame,
        kind: MediaKind,
        media: &OutboundMedia,
        markdown: &str,
    ) -> Result<Sent, CallError> {
        let (method, field) = match kind {
            MediaKind::Photo => ("sendPhoto", "photo"),
            MediaKind::Video => ("sendVideo", "video"),
            MediaKind::Animation => ("sendAnimation", "animation"),
            MediaKind::Audio => ("sendAudio", "audio"),
            MediaKind::Voice => ("sendVoice", "voice"),
            MediaKind::Sticker | MediaKind::Document => ("sendDocument", "document"),
        };
        let file = Attachment {
            field,
            path: &media.path,
            name: &media.name,
            mime: &media.mime,
        };
        let message = frame.message();
        self.speak(method, message, Words::Caption, markdown, Some(&file))
            .await
    }

    /// Gives a message of ours other words.
    pub(super) async fn edit(
        &self,
        to: &Destination,
        id: i64,
        markdown: &str,
        keyboard: Option<Keyboard>,
    ) -> Result<Edit, ChannelError> {
        let message = Outgoing {
            message_id: Some(id),
            reply_markup: keyboard,
            ..Outgoing::to(to.chat.clone())
        };
        let edited: Result<IgnoredAny, _> = self
            .speak("editMessageText", message, Words::Text, markdown, None)
            .await;
        match edited {
            Ok(_) => Ok(Edit::Done),
            Err(error) if error.says(&["message is not modified"]) => Ok(Edit::Done),
            Err(CallError::Refused(no)) if no.says(GONE) => Ok(Edit::Gone(no.description)),
            Err(error) => Err(error.repeating()),
        }
    }

    /// Makes a call with words in it: with marks, and if Telegram does not like them, without.
    async fn speak<R: DeserializeOwned>(
        &self,
        method: &str,
        message: Outgoing,
        words: Words,
        markdown: &str,
        file: Option<&Attachment<'_>>,
    ) -> Result<R, CallError> {
        if markdown.is_empty() {
            return self.give(method, &message, file).await;
        }
        let marked = words.put(&message, markup::html(markdown), Some("HTML"));
        match self.give(method, &marked, file).await {
            Err(error) if error.says(ABOUT_MARKS) => {
                let plain = words.put(&message, markdown.to_owned(), None);
                self.give(method, &plain, file).await
            }
            sent => sent,
        }
    }

    async fn give<R: DeserializeOwned>(
        &self,
        method: &str,
        message: &Outgoing,
        file: Option<&Attachment<'_>>,
    ) -> Result<R, CallError> {
        match file {
            Some(file) => self.api.upload(method, message, file).await,
            None => self.api.call(method, message).await,
        }
    }
}

impl Words {
    fn put(self, message: &Outgoing, words: String, parse_mode: Option<&'static str>) -> Outgoing {
        let message = Outgoing {
            parse_mode,
            ..message.clone()
        };
        match self {
            Self::Text => Outgoing {
                text: Some(words),
                ..message
            },
            Self::Caption => Outgoing {
                caption: Some(words),
                ..message
            },
        }
    }
}

/// What a file is sent as: a picture that is too large for one goes as a document.
fn fitting_kind(media: &OutboundMedia) -> MediaKind {
    match media.kind {
        MediaKind::Photo if media.bytes > PHOTO_BYTES => MediaKind::Document,
        kind => kind,
    }
}

fn receipt(sent: Sent) -> Receipt {
    Receipt {
        poll_id: sent.poll.map(|poll| poll.id),
        ..receipt_of(sent.message_id)
    }
}

fn receipt_of(message_id: i64) -> Receipt {
    Receipt {
        message_id: message_id.to_string(),
        poll_id: None,
    }
}
