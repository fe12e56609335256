//! From an answer to the messages that a network takes: pure.

use std::time::Duration;

use tidegate_core::channel::{
    Body, Capabilities, MediaKind, MediaLimits, OutboundMedia, OutboundPart, PeerKind, Poll,
    Target, TextLimit,
};
use tidegate_core::clock::millis;
use tidegate_core::run::Run;
use tidegate_core::session::SessionKey;
use tidegate_core::store::NewOutbound;
use tidegate_core::text::chunk;
use tidegate_protocol::RunId;

/// Nothing older is sent without asking (SECURITY F02).
pub(crate) const EXPIRY: Duration = Duration::from_mins(30);
/// What a message says that may be there twice. Every text leaves room for it.
const TWICE: &str = "\n\n_Sent again after an interruption: you may have this twice._";
/// Answers of a poll, at least and at most.
const POLL_OPTIONS: std::ops::RangeInclusive<usize> = 2..=12;

/// What the parts of one message share.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) group: String,
    pub(crate) target: Target,
    /// The message that is answered; on the first part only.
    pub(crate) reply_to: Option<String>,
    /// The draft that the first part takes the place of.
    pub(crate) replaces: Option<String>,
    pub(crate) session_key: Option<SessionKey>,
    pub(crate) run_id: Option<RunId>,
    pub(crate) at_ms: u64,
}

/// Why a message cannot be put into parts for a network.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// The network takes no files.
    #[error("{0} takes no files from us")]
    NoMedia(&'static str),
    /// A poll with too few or too many answers.
    #[error("a poll needs 2 to 12 options")]
    PollOptions,
    /// The file is too large for it.
    #[error("{label} takes files of at most {limit} bytes, and `{name}` has {bytes}")]
    TooLarge {
        label: &'static str,
        name: String,
        bytes: u64,
        limit: u64,
    },
}

impl Envelope {
    pub(crate) fn new(group: impl Into<String>, target: Target, at_ms: u64) -> Self {
        Self {
            group: group.into(),
            target,
            reply_to: None,
            replaces: None,
            session_key: None,
            run_id: None,
            at_ms,
        }
    }

    /// To whoever asked for a run; `None` if no network did.
    fn to_asker(run: &Run, at_ms: u64) -> Option<Self> {
        let origin = run.request.origin.as_ref()?;
        Some(Self::of_run(run, origin.target.clone(), at_ms))
    }

    /// What a run says, to there.
    pub(crate) fn of_run(run: &Run, target: Target, at_ms: u64) -> Self {
        Self {
            session_key: Some(run.session_key.clone()),
            run_id: Some(run.id.clone()),
            ..Self::new(run.id.as_str(), target, at_ms)
        }
    }

    /// Words alone; nothing if they are blank.
    pub(crate) fn text(self, markdown: &str, can: &Capabilities) -> Vec<NewOutbound> {
        let pieces = texts(markdown, can);
        self.seal(pieces)
    }

    /// Files with words: the first file carries them if they are short enough, else they follow.
    pub(crate) fn media(
        self,
        markdown: &str,
        media: Vec<OutboundMedia>,
        can: &Capabilities,
    ) -> Result<Vec<NewOutbound>, Unfit> {
        if media.is_empty() {
            return Ok(self.text(markdown, can));
        }
        let limits = can.media.as_ref().ok_or(Unfit::NoMedia(can.label))?;
        let room = less_mark(limits.caption);
        let fits = room.unit.length(markdown) <= room.max;
        let mut caption = if fits {
            markdown.to_owned()
        } else {
            String::new()
        };
        let mut bodies = Vec::with_capacity(media.len() + 1);
        for file in media {
            bodies.push(Body::Media {
                media: fitted(file, limits, can.label)?,
                markdown: std::mem::take(&mut caption),
            });
        }
        if !fits {
            bodies.extend(texts(markdown, can));
        }
        Ok(self.seal(bodies))
    }

    /// A question with answers to choose from; in words where the network has no polls.
    pub(crate) fn poll(self, poll: Poll, can: &Capabilities) -> Result<Vec<NewOutbound>, Unfit> {
        if !POLL_OPTIONS.contains(&poll.options.len()) {
            return Err(Unfit::PollOptions);
        }
        if !can.polls {
            return Ok(self.text(&poll_in_words(&poll), can));
        }
        Ok(self.seal(vec![Body::Poll(poll)]))
    }

    fn seal(mut self, bodies: Vec<Body>) -> Vec<NewOutbound> {
        let parts = u32::try_from(bodies.len()).unwrap_or(u32::MAX);
        let expires_at_ms = expiry_from(self.at_ms);
        (0..parts)
            .zip(bodies)
            .map(|(part, body)| NewOutbound {
                group: self.group.clone(),
                part,
                parts,
                target: self.target.clone(),
                body: OutboundPart {
                    body,
                    reply_to: self.reply_to.take(),
                    replaces: self.replaces.take(),
                    buttons: Vec::new(),
                },
                session_key: self.session_key.clone(),
                run_id: self.run_id.clone(),
                expires_at_ms,
                at_ms: self.at_ms,
            })
            .collect()
    }
}

/// A poll as a numbered list, to be answered by a number.
fn poll_in_words(poll: &Poll) -> String {
    let options = poll.options.iter().zip(1..);
    let lines: Vec<String> = options
        .map(|(option, number)| format!("{number}. {option}"))
        .collect();
    format!("**{}**\n\n{}", poll.question, lines.join("\n"))
}

/// When what is stored now is too old.
pub(crate) fn expiry_from(now_ms: u64) -> u64 {
    now_ms.saturating_add(millis(EXPIRY))
}

/// The messages of an answer: to where the run came from, in place of `draft` if one is shown.
/// Nothing if no network asked, or if there is nothing to say.
pub(crate) fn answer_parts(
    run: &Run,
    markdown: &str,
    draft: Option<String>,
    can: &Capabilities,
    at_ms: u64,
) -> Vec<NewOutbound> {
    let Some(mut envelope) = Envelope::to_asker(run, at_ms) else {
        return Vec::new();
    };
    envelope.reply_to = reply_to_asker(run, can);
    envelope.replaces = draft;
    envelope.text(markdown, can)
}

/// A sentence of ours to whoever asked for a run, short enough for every network.
pub(crate) fn notice_parts(run: &Run, sentence: &str, at_ms: u64) -> Vec<NewOutbound> {
    let text = Body::Text {
        markdown: sentence.to_owned(),
    };
    Envelope::to_asker(run, at_ms).map_or_else(Vec::new, |envelope| envelope.seal(vec![text]))
}

/// The same in answer to the message that asked for it.
pub(crate) fn refusal_parts(
    run: &Run,
    sentence: &str,
    can: &Capabilities,
    at_ms: u64,
) -> Vec<NewOutbound> {
    let mut parts = notice_parts(run, sentence, at_ms);
    for part in &mut parts {
        part.body.reply_to = reply_to_asker(run, can);
    }
    parts
}

fn reply_to_asker(run: &Run, can: &Capabilities) -> Option<String> {
    let origin = run.request.origin.as_ref()?;
    reply_to(&origin.target, &origin.message_id, can)
}

/// Where many talk, an answer names the message that it is for.
pub(super) fn reply_to(target: &Target, message_id: &str, can: &Capabilities) -> Option<String> {
    let many = target.peer.kind != PeerKind::Direct;
    (can.replies && many).then(|| message_id.to_owned())
}

/// The longest text of a part: there is always room for the mark.
pub(super) fn text_room(can: &Capabilities) -> TextLimit {
    less_mark(can.text)
}

/// The same part with the mark that it may be there twice; `None` if it has no place for it.
pub(super) fn marked(part: &OutboundPart) -> Option<OutboundPart> {
    let mut part = part.clone();
    match &mut part.body {
        Body::Text { markdown } | Body::Media { markdown, .. } => markdown.push_str(TWICE),
        Body::Poll(_) => return None,
    }
    Some(part)
}

fn texts(markdown: &str, can: &Capabilities) -> Vec<Body> {
    chunk(markdown, text_room(can))
        .into_iter()
        .map(|markdown| Body::Text { markdown })
        .collect()
}

fn less_mark(limit: TextLimit) -> TextLimit {
    TextLimit {
        max: limit.max.saturating_sub(limit.unit.length(TWICE)).max(1),
        unit: limit.unit,
    }
}

/// A file as the network takes it.
fn fitted(
    mut file: OutboundMedia,
    limits: &MediaLimits,
    label: &'static str,
) -> Result<OutboundMedia, Unfit> {
    if file.bytes > limits.upload_bytes {
        return Err(Unfit::TooLarge {
            label,
            name: file.name,
            bytes: file.bytes,
            limit: limits.upload_bytes,
        });
    }
    let heavy = file.kind == MediaKind::Photo && file.bytes > limits.photo_bytes;
    if heavy || !limits.kinds.contains(&file.kind) {
        file.kind = MediaKind::Document;
    }
    Ok(file)
}

#[cfg(test)]
mod tests;
