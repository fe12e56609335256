//! Sending one part.

use serde::de::{DeserializeOwned, IgnoredAny};
use tidegate_core::channel::{
    Body, ChannelError, MediaKind, OutboundMedia, OutboundPart, Receipt, Target,
};

use super::api::{CallError, Keyboard, Outgoing, Sent};
use super::capabilities::PHOTO_BYTES;
use super::channel::Telegram;
use super::destination::{Destination, message_number};
use super::frame::Frame;
use super::markup;
use crate::call::Meaning as _;
use crate::draft::{self, Edit};

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
        let send = self.send_new(&frame, &part.body);
        let Some(draft_id) = &part.replaces else {
            return send.await;
        };
        let draft = message_number(draft_id)?;
        let edit = match &part.body {
            Body::Text { markdown } => {
                Some(self.edit(&to, draft, markdown, frame.keyboard.clone()))
            }
            _ => None,
        };
        let delete = self.delete(&to, draft);
        draft::replace(&self.settings.account, draft_id, edit, send, delete).await
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
        let message = frame.message();
        let file = Some((field, media));
        self.speak(method, message, Words::Caption, markdown, file)
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
            Err(CallError::Refused(no)) if no.says(GONE) => Ok(Edit::Gone(no.sending())),
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
        file: Option<(&'static str, &OutboundMedia)>,
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
        file: Option<(&'static str, &OutboundMedia)>,
    ) -> Result<R, CallError> {
        match file {
            Some((field, file)) => self.api.upload(method, message, field, file).await,
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
        ..draft::receipt(sent.message_id.to_string())
    }
}
