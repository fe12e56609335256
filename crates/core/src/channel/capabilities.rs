//! What a network can do, as data: the engine decides by these and never by a network's name.

use std::time::Duration;

use super::inbound::MediaKind;

/// How a network counts the length of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextUnit {
    /// UTF-16 code units.
    Utf16,
    /// Unicode scalar values.
    Chars,
    /// Bytes of UTF-8.
    Bytes,
}

impl TextUnit {
    /// The length of a text in this unit.
    pub fn length(self, text: &str) -> usize {
        match self {
            Self::Utf16 => text.encode_utf16().count(),
            Self::Chars => text.chars().count(),
            Self::Bytes => text.len(),
        }
    }

    /// The length of a character in this unit.
    pub const fn width(self, c: char) -> usize {
        match self {
            Self::Utf16 => c.len_utf16(),
            Self::Chars => 1,
            Self::Bytes => c.len_utf8(),
        }
    }
}

/// The longest text of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLimit {
    /// How many units.
    pub max: usize,
    /// Of which kind.
    pub unit: TextUnit,
}

/// Which files it takes and gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaLimits {
    /// Kinds that it can send; others go as documents.
    pub kinds: &'static [MediaKind],
    /// Largest picture to send as such, in bytes.
    pub photo_bytes: u64,
    /// Largest file to send, in bytes.
    pub upload_bytes: u64,
    /// Largest file to fetch, in bytes.
    pub download_bytes: u64,
    /// The longest text with a file.
    pub caption: TextLimit,
}

/// So many in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// In how long.
    pub per: Duration,
}

/// How much it may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// By the whole account.
    pub account: Rate,
    /// To one direct chat.
    pub direct: Rate,
    /// To one group or room.
    pub group: Rate,
}

/// What a network can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about a network"
)]
pub struct Capabilities {
    /// Its name for people.
    pub label: &'static str,
    /// The longest text of one message.
    pub text: TextLimit,
    /// Files; none if it takes none.
    pub media: Option<MediaLimits>,
    /// A message can name the one that it answers.
    pub replies: bool,
    /// Our messages can be changed.
    pub edits: bool,
    /// Messages can be reacted to.
    pub reactions: bool,
    /// Messages can have buttons.
    pub buttons: bool,
    /// There are polls.
    pub polls: bool,
    /// How long one sign of typing is shown; none if there is no such sign.
    pub typing: Option<Duration>,
    /// Tries with the same key make one message.
    pub keyed_sends: bool,
    /// What was sent can be looked up.
    pub history: bool,
    /// How much it may be sent.
    pub rates: Rates,
    /// The least time between two changes of a draft; none if drafts are not shown.
    pub draft_every: Option<Duration>,
    /// While it is live, the way in proves itself at least so often.
    pub proof_every: Duration,
}
