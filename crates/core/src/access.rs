//! Who may speak to an agent through a chat network: one gate for every kind of event. Only stable
//! ids are compared, exactly; an empty list is nobody (SECURITY T26 to T29).

use std::collections::BTreeMap;

use crate::channel::{Inbound, InboundEvent, PeerKind};

use list::is_id;

mod list;
#[cfg(test)]
mod tests;

pub use list::{AllowList, EVERYBODY};

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

/// What holds for one group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupRules {
    /// Whether it is heard; the absence of a word means yes.
    pub disabled: bool,
    /// Whether we must be mentioned; if it is not said, what holds for [`EVERYBODY`], else the
    /// account's rule.
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
    /// Who may do what the owner's devices may, by name: here [`EVERYBODY`] is nobody. Being on it
    /// admits to nothing.
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
    /// A stranger wrote in a direct chat: show a code, once.
    AskOwner,
    /// Not heard, and nothing is shown.
    Refuse(Refusal),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// The network did not say who it is, or where.
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
    /// A group has another id: what holds for the old one holds for the new one, unless that is
    /// named itself.
    pub fn moved(&mut self, from: &str, to: &str) {
        if let Some(rules) = self.groups.get(from).cloned() {
            self.groups.entry(to.to_owned()).or_insert(rules);
        }
    }

    /// Decides for one event of any kind.
    pub fn admit(&self, event: &Inbound, paired: Paired) -> Verdict {
        let verdict = match (event.peer.kind, &event.event) {
            _ if !is_id(&event.peer.id) => Err(Refusal::NoSender),
            (PeerKind::Group | PeerKind::Channel, InboundEvent::Moved { .. }) => {
                self.admit_move(event)
            }
            _ => self.admit_sender(event, paired),
        };
        verdict.unwrap_or_else(Verdict::Refuse)
    }

    fn admit_sender(&self, event: &Inbound, paired: Paired) -> Result<Verdict, Refusal> {
        let sender = &event.sender;
        if !is_id(&sender.id) {
            return Err(Refusal::NoSender);
        }
        if sender.bot && !self.allow_bots {
            return Err(Refusal::Bot);
        }
        match event.peer.kind {
            PeerKind::Direct => self.admit_direct(event, paired),
            PeerKind::Group | PeerKind::Channel => self.admit_in_group(event),
        }
    }

    fn admit_direct(&self, event: &Inbound, paired: Paired) -> Result<Verdict, Refusal> {
        let sender = &event.sender.id;
        let listed = self.allow_from.has(sender);
        // A code counts for as long as codes are the policy.
        let paired = match self.dm_policy {
            DmPolicy::Pairing => paired,
            _ => Paired::No,
        };
        let admitted = match self.dm_policy {
            DmPolicy::Disabled => return Err(Refusal::Disabled),
            DmPolicy::Open => true,
            DmPolicy::Allowlist | DmPolicy::Pairing => listed || paired != Paired::No,
        };
        if admitted {
            let owner = self.owners.names(sender) || paired == Paired::Owner;
            return Ok(Verdict::Admit { owner });
        }
        // A stranger who reacts or presses is shown nothing (SECURITY T29).
        match (self.dm_policy, &event.event) {
            (DmPolicy::Pairing, InboundEvent::Message(_)) => Ok(Verdict::AskOwner),
            _ => Err(Refusal::Sender),
        }
    }

    fn admit_in_group(&self, event: &Inbound) -> Result<Verdict, Refusal> {
        let rules = self.heard_group(&event.peer.id)?;
        let sender = &event.sender.id;
        // The group itself is nobody: its id among senders would let in whoever hides behind it
        // (SECURITY T28).
        if *sender == event.peer.id {
            return Err(Refusal::NoSender);
        }
        let list = rules.and_then(|rules| rules.allow_from.as_ref());
        let allowed = match self.group_policy {
            // An open policy opens groups to everybody unless a group's own list says otherwise.
            GroupPolicy::Open => list.is_none_or(|list| list.has(sender)),
            _ => list.unwrap_or(&self.group_allow_from).has(sender),
        };
        if !allowed {
            return Err(Refusal::Sender);
        }
        if self.must_mention(rules) && !speaks_to_us(event) {
            return Err(Refusal::NotMentioned);
        }
        let owner = self.owners.names(sender);
        Ok(Verdict::Admit { owner })
    }

    /// The network itself says that a group has another id; it matters that the group is heard,
    /// not who made it so. Nobody's rights come with it.
    fn admit_move(&self, event: &Inbound) -> Result<Verdict, Refusal> {
        self.heard_group(&event.peer.id)?;
        Ok(Verdict::Admit { owner: false })
    }

    /// What holds for a group, if anything is said; or why it is not heard.
    fn heard_group(&self, id: &str) -> Result<Option<&GroupRules>, Refusal> {
        let rules = self.groups.get(id).or_else(|| self.groups.get(EVERYBODY));
        let known = match self.group_policy {
            GroupPolicy::Disabled => return Err(Refusal::Disabled),
            GroupPolicy::Open => true,
            GroupPolicy::Allowlist => rules.is_some(),
        };
        if !known || rules.is_some_and(|rules| rules.disabled) {
            return Err(Refusal::Group);
        }
        Ok(rules)
    }

    fn must_mention(&self, rules: Option<&GroupRules>) -> bool {
        let said = |rules: &GroupRules| rules.require_mention;
        rules
            .and_then(said)
            .or_else(|| self.groups.get(EVERYBODY).and_then(said))
            .unwrap_or(self.require_mention)
    }
}

/// Whether the event is meant for us: a mention, an answer to a message of ours, a button of
/// ours, or other words for a message.
fn speaks_to_us(event: &Inbound) -> bool {
    match &event.event {
        InboundEvent::Message(message) => {
            message.mentioned || message.reply_to.as_ref().is_some_and(|to| to.ours)
        }
        // A change counts only for a message that was heard, which spoke to us.
        InboundEvent::Pressed { .. } | InboundEvent::Edited { .. } => true,
        InboundEvent::Reacted { .. } | InboundEvent::Moved { .. } => false,
    }
}
