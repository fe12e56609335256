//! A conversation: public, private, or between two.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::message::Message;
use super::names;

/// What sort of conversation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::slack) enum Kind {
    Public,
    Private,
    Im,
}

/// One conversation with everything said in it, oldest first.
#[derive(Debug, Clone)]
pub(in crate::slack) struct Channel {
    pub(in crate::slack) id: String,
    pub(in crate::slack) name: String,
    pub(in crate::slack) kind: Kind,
    pub(in crate::slack) members: BTreeSet<String>,
    pub(in crate::slack) archived: bool,
    pub(in crate::slack) messages: Vec<Message>,
}

impl Channel {
    pub(in crate::slack) fn new(id: &str, name: &str, kind: Kind, members: &[&str]) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            kind,
            members: members.iter().map(|&member| member.to_owned()).collect(),
            archived: false,
            messages: Vec::new(),
        }
    }

    /// True if the bot is in it: else it hears nothing and may not post.
    pub(in crate::slack) fn has_bot(&self) -> bool {
        self.members.contains(names::BOT_USER)
    }

    /// `channel_type` of events.
    pub(in crate::slack) fn kind_word(&self) -> &'static str {
        match self.kind {
            Kind::Public => "channel",
            Kind::Private => "group",
            Kind::Im => "im",
        }
    }

    /// The word for `types` of `conversations.list`.
    pub(in crate::slack) fn list_word(&self) -> &'static str {
        match self.kind {
            Kind::Public => "public_channel",
            Kind::Private => "private_channel",
            Kind::Im => "im",
        }
    }

    pub(in crate::slack) fn find(&self, ts: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.ts == ts)
    }

    pub(in crate::slack) fn find_mut(&mut self, ts: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.ts == ts)
    }

    /// What stands in a thread below its parent, oldest first.
    pub(in crate::slack) fn replies<'a>(
        &'a self,
        ts: &'a str,
    ) -> impl Iterator<Item = &'a Message> {
        self.messages
            .iter()
            .filter(move |message| message.thread_ts.as_deref() == Some(ts))
    }

    /// A message as history shows it: a parent also tells of its thread.
    pub(in crate::slack) fn listed(&self, message: &Message, with_metadata: bool) -> Value {
        let mut listed = message.to_json(with_metadata);
        let replies: Vec<_> = self.replies(&message.ts).collect();
        if let (Some(last), Some(fields)) = (replies.last(), listed.as_object_mut()) {
            let users: BTreeSet<_> = replies.iter().map(|reply| &reply.user).collect();
            fields.insert("thread_ts".into(), json!(message.ts));
            fields.insert("reply_count".into(), json!(replies.len()));
            fields.insert("reply_users_count".into(), json!(users.len()));
            fields.insert("reply_users".into(), json!(users));
            fields.insert("latest_reply".into(), json!(last.ts));
        }
        listed
    }

    /// The conversation object of the Web API.
    pub(in crate::slack) fn to_json(&self) -> Value {
        if self.kind == Kind::Im {
            let other = self
                .members
                .iter()
                .find(|member| member.as_str() != names::BOT_USER);
            return json!({
                "id": self.id, "created": 1_700_000_000, "is_im": true, "is_org_shared": false,
                "is_archived": self.archived, "is_user_deleted": false, "user": other,
            });
        }
        let private = self.kind == Kind::Private;
        json!({
            "id": self.id, "name": self.name, "name_normalized": self.name,
            "is_channel": !private, "is_group": private, "is_im": false, "is_mpim": false,
            "is_private": private, "created": 1_700_000_000, "is_archived": self.archived,
            "is_general": self.id == names::GENERAL, "is_member": self.has_bot(),
            "is_shared": false, "is_ext_shared": false, "is_org_shared": false,
            "context_team_id": names::TEAM, "creator": names::ALICE,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": self.members.len(),
        })
    }
}
