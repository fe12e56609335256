//! Who may speak to an agent through a chat network: one gate for every kind of event. Only stable
//! ids are compared, exactly; an empty list is nobody (SECURITY T26 to T29).

use std::collections::{BTreeMap, BTreeSet};

use crate::channel::{Inbound, InboundEvent, PeerKind};

/// In a list of the configuration: everybody.
pub const EVERYBODY: &str = "*";

/// Who may write to us directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DmPolicy {
    /// Whoever the owner let in by a code, and the list.
    #[default]
    Pairing,
    /// The list.
    Allowlist,
    /// Everybody.
    Open,
    /// Nobody.
    Disabled,
}

/// Which groups are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupPolicy {
    /// Those that are listed.
    #[default]
    Allowlist,
    /// Every one that we are in.
    Open,
    /// None.
    Disabled,
}

/// Who is meant by a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowList(BTreeSet<String>);

impl AllowList {
    /// A list of stable ids, or of [`EVERYBODY`].
    pub fn new(ids: impl IntoIterator<Item = String>) -> Self {
        Self(ids.into_iter().collect())
    }

    /// Whether nobody is on it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this id is on it. An id that a network did not give is on no list.
    pub fn has(&self, id: &str) -> bool {
        is_id(id) && (self.0.contains(id) || self.0.contains(EVERYBODY))
    }
}

/// Whether a text can be a stable id at all.
fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text != EVERYBODY
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// What holds for one group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupRules {
    /// Whether it is heard; the absence of a word means yes.
    pub disabled: bool,
    /// Whether we must be mentioned; the account's rule if it is not said.
    pub require_mention: Option<bool>,
    /// Who may speak to us there; the account's list if it is not said.
    pub allow_from: Option<AllowList>,
}

/// What holds for one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRules {
    /// Who may write to us directly.
    pub dm_policy: DmPolicy,
    /// The list for direct chats.
    pub allow_from: AllowList,
    /// Which groups are heard.
    pub group_policy: GroupPolicy,
    /// Who may speak to us in groups.
    pub group_allow_from: AllowList,
    /// Groups, by their stable id, or [`EVERYBODY`] for all that are not named.
    pub groups: BTreeMap<String, GroupRules>,
    /// Whether we must be mentioned in groups.
    pub require_mention: bool,
    /// Who may do what the owner's devices may. Being on it admits to nothing.
    pub owners: AllowList,
    /// Whether other programs are heard.
    pub allow_bots: bool,
}

impl Default for AccessRules {
    fn default() -> Self {
        Self {
            dm_policy: DmPolicy::default(),
            allow_from: AllowList::default(),
            group_policy: GroupPolicy::default(),
            group_allow_from: AllowList::default(),
            groups: BTreeMap::new(),
            require_mention: true,
            owners: AllowList::default(),
            allow_bots: false,
        }
    }
}

/// Whether the owner let the sender in by a code, and as what. It counts in direct chats only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paired {
    /// Never.
    No,
    /// As a guest.
    Guest,
    /// As the owner.
    Owner,
}

/// What the gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The sender is heard.
    Admit {
        /// Whether as the owner.
        owner: bool,
    },
    /// A stranger in a direct chat: show a code, once.
    AskOwner,
    /// Not heard, and nothing is shown.
    Refuse(Refusal),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// The network did not say who it is.
    NoSender,
    /// Another program.
    Bot,
    /// Direct chats are off, or groups are.
    Disabled,
    /// Not on the list.
    Sender,
    /// The group is not listed.
    Group,
    /// Nobody spoke to us.
    NotMentioned,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::NoSender,
        Self::Bot,
        Self::Disabled,
        Self::Sender,
        Self::Group,
        Self::NotMentioned,
    ];

    /// The word in metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSender => "no-sender",
            Self::Bot => "bot",
            Self::Disabled => "disabled",
            Self::Sender => "sender",
            Self::Group => "group",
            Self::NotMentioned => "not-mentioned",
        }
    }
}

impl AccessRules {
    /// Decides for one event of any kind.
    pub fn admit(&self, event: &Inbound, paired: Paired) -> Verdict {
        let sender = &event.sender;
        if !is_id(&sender.id) {
            return Verdict::Refuse(Refusal::NoSender);
        }
        if sender.bot && !self.allow_bots {
            return Verdict::Refuse(Refusal::Bot);
        }
        match event.peer.kind {
            PeerKind::Direct => self.admit_direct(&sender.id, paired),
            PeerKind::Group | PeerKind::Channel => self.admit_in_group(event),
        }
    }

    fn admit_direct(&self, sender: &str, paired: Paired) -> Verdict {
        let listed = self.allow_from.has(sender);
        let admitted = match self.dm_policy {
            DmPolicy::Disabled => return Verdict::Refuse(Refusal::Disabled),
            DmPolicy::Open => true,
            DmPolicy::Allowlist => listed,
            DmPolicy::Pairing => listed || paired != Paired::No,
        };
        if admitted {
            let owner = self.owners.has(sender)
                || (paired == Paired::Owner && self.dm_policy == DmPolicy::Pairing);
            return Verdict::Admit { owner };
        }
        match self.dm_policy {
            DmPolicy::Pairing => Verdict::AskOwner,
            _ => Verdict::Refuse(Refusal::Sender),
        }
    }

    fn admit_in_group(&self, event: &Inbound) -> Verdict {
        let rules = self.groups.get(&event.peer.id);
        let rules = rules.or_else(|| self.groups.get(EVERYBODY));
        let known = match self.group_policy {
            GroupPolicy::Disabled => return Verdict::Refuse(Refusal::Disabled),
            GroupPolicy::Open => true,
            GroupPolicy::Allowlist => rules.is_some(),
        };
        if !known || rules.is_some_and(|rules| rules.disabled) {
            return Verdict::Refuse(Refusal::Group);
        }
        let sender = &event.sender.id;
        let list = rules.and_then(|rules| rules.allow_from.as_ref());
        let allowed = match self.group_policy {
            // An open group policy opens groups to everybody unless a list says otherwise.
            GroupPolicy::Open => list.is_none_or(|list| list.has(sender)),
            _ => list.unwrap_or(&self.group_allow_from).has(sender),
        };
        if !allowed {
            return Verdict::Refuse(Refusal::Sender);
        }
        let must_mention = rules
            .and_then(|rules| rules.require_mention)
            .unwrap_or(self.require_mention);
        if must_mention && !speaks_to_us(event) {
            return Verdict::Refuse(Refusal::NotMentioned);
        }
        Verdict::Admit {
            owner: self.owners.has(sender),
        }
    }
}

/// Whether the event is meant for us: a mention, an answer to a message of ours, or something done
/// to one of ours.
fn speaks_to_us(event: &Inbound) -> bool {
    match &event.event {
        InboundEvent::Message(message) => {
            message.mentioned || message.reply_to.as_ref().is_some_and(|to| to.ours)
        }
        InboundEvent::Pressed { .. } => true,
        InboundEvent::Edited { .. } | InboundEvent::Reacted { .. } | InboundEvent::Moved { .. } => {
            false
        }
    }
}
