//! People, guilds, channels and files.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use crate::discord::snowflake::Snowflake;
use crate::discord::view::{ChannelKind, SeenMessage};

/// Somebody with an account.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) bot: bool,
    /// Takes no direct messages from us.
    pub(crate) closed: bool,
}

/// A server, as people call it.
#[derive(Debug, Clone)]
pub(crate) struct Guild {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) members: BTreeSet<Snowflake>,
    /// Custom emoji by id.
    pub(crate) emoji: BTreeMap<Snowflake, String>,
}

/// A tag that posts of a forum may carry.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
}

/// A place where messages are, or threads are made.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own that a test turns"
)]
pub(crate) struct Channel {
    pub(crate) id: Snowflake,
    pub(crate) kind: ChannelKind,
    pub(crate) name: String,
    pub(crate) guild: Option<Snowflake>,
    /// The bot may look into it.
    pub(crate) visible: bool,
    /// The bot may write in it.
    pub(crate) writable: bool,
    /// Tags of a forum.
    pub(crate) tags: Vec<Tag>,
    /// A forum's post must carry one of them.
    pub(crate) tag_required: bool,
    /// Tags of a post.
    pub(crate) applied_tags: Vec<Snowflake>,
    /// Who made the thread.
    pub(crate) owner: Option<Snowflake>,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    pub(crate) messages: BTreeMap<Snowflake, SeenMessage>,
    /// Unix milliseconds at which the bot said that it types.
    pub(crate) typing: Vec<u64>,
}

impl Channel {
    pub(crate) fn new(
        id: Snowflake,
        kind: ChannelKind,
        name: &str,
        guild: Option<Snowflake>,
    ) -> Self {
        Self {
            id,
            kind,
            name: name.to_owned(),
            guild,
            visible: true,
            writable: true,
            tags: Vec::new(),
            tag_required: false,
            applied_tags: Vec::new(),
            owner: None,
            archived: false,
            locked: false,
            messages: BTreeMap::new(),
            typing: Vec::new(),
        }
    }

    pub(crate) fn is_dm(&self) -> bool {
        matches!(self.kind, ChannelKind::Dm { .. })
    }

    pub(crate) fn is_thread(&self) -> bool {
        matches!(self.kind, ChannelKind::Thread { .. })
    }

    /// The vendor's number of the kind.
    pub(crate) fn type_number(&self) -> u8 {
        match self.kind {
            ChannelKind::Text => 0,
            ChannelKind::Dm { .. } => 1,
            ChannelKind::Thread { .. } => 11,
            ChannelKind::Forum => 15,
        }
    }
}

/// Bytes that are served at a signed address.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    pub(crate) channel: Snowflake,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}
