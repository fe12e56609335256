//! Sending on request: `send` and `poll`.

use std::time::Duration;

use tidegate_core::channel::{AccountKey, AccountState, OutboundMedia, Poll, Target};
use tidegate_core::run::Once;
use tidegate_core::session::SessionKey;
use tidegate_core::store::{NewOutbound, Posted};

use tokio::time::Instant;

use super::enclosures::Enclosure;
use super::group;
use super::parts::{Envelope, Unfit};
use super::sending::Sending;
use crate::channels::Account;
use crate::{Engine, EngineError};

/// How long a request to send waits for the network; shorter than the 30 s of clients.
pub(super) const SEND_WAIT: Duration = Duration::from_secs(25);

/// What to send where.
#[derive(Debug, Clone)]
pub struct SendTo {
    /// Where.
    pub target: Target,
    /// What.
    pub said: Said,
    /// The session whose transcript shows it, if one does.
    pub session_key: Option<SessionKey>,
}

/// What to send.
#[derive(Debug, Clone)]
pub enum Said {
    /// A message.
    Message {
        /// The words, as Markdown.
        markdown: String,
        /// Links to files that are fetched first, and go out in order.
        links: Vec<String>,
    },
    /// A question with answers to choose from.
    Poll(Poll),
}

/// A request to send that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentTo {
    /// The name of what was sent, for `trace`.
    pub group: String,
    /// How far it is.
    pub how: Sending,
}

impl Engine {
    /// Fetches the files of a message, stores it in the outbox and waits for the network to take
    /// it, in all up to 25 s. The same request again fetches and stores nothing and gives the same
    /// answer.
    ///
    /// # Errors
    /// There is no such account, it is signed out, it cannot send this, a file could not be had,
    /// the key was used otherwise, or the store failed.
    pub async fn send_to(&self, once: Once, mut to: SendTo) -> Result<SentTo, EngineError> {
        let deadline = Instant::now() + SEND_WAIT;
        let account = self.ready_account(&to.target)?;
        let group = match self.post(&once, &mut to, account).await? {
            Posted::New { group } | Posted::Repeat { group } => group,
            Posted::KeyReused => return Err(EngineError::KeyReused),
        };
        self.outbox_changed(&account.key);
        let how = self.settled(&account.key, &group, deadline).await?;
        if !matches!(how, Sending::GivenUp { .. }) {
            self.mirror(once, to).await;
        }
        Ok(SentTo { group, how })
    }

    /// Stores a message with its files, unless that was done before. Puts what a transcript says
    /// of the files below its words.
    async fn post(
        &self,
        once: &Once,
        to: &mut SendTo,
        account: &Account,
    ) -> Result<Posted, EngineError> {
        let inner = self.inner();
        let links = to.said.take_links();
        if links.is_empty() {
            let parts = self.parts_of(to, Vec::new(), account)?;
            return Ok(inner.outbox.post(once.clone(), parts).await?);
        }
        let _alone = inner.turnstiles.pass(once).await;
        if let Some(posted) = inner.outbox.posted(once).await? {
            return Ok(posted);
        }
        let can = account.channel.capabilities();
        let limits = can.media.ok_or(Unfit::NoMedia(can.label))?;
        let enclosures = self.enclosures(&links, limits).await?;
        let media = enclosures.iter().map(Enclosure::media).collect();
        let parts = self.parts_of(to, media, account)?;
        let posted = inner.outbox.post(once.clone(), parts).await?;
        to.said.add_lines(enclosures.iter().map(Enclosure::note));
        if matches!(posted, Posted::New { .. }) {
            enclosures.into_iter().for_each(Enclosure::keep);
        }
        Ok(posted)
    }

    /// The account, if it can ever send what is stored now.
    pub(super) fn ready_account(&self, target: &Target) -> Result<&Account, EngineError> {
        let key = &target.account;
        let unknown = || EngineError::UnknownChannel(key.channel.to_string());
        let account = self.inner().accounts.get(key).ok_or_else(unknown)?;
        match account.ledger.state() {
            AccountState::NeedsLogin { reason } => Err(EngineError::NotLinked {
                account: key.clone(),
                reason,
            }),
            AccountState::Stopped if self.inner().stop.is_cancelled() => Err(EngineError::Draining),
            AccountState::Stopped => Err(unknown()),
            _ => Ok(account),
        }
    }

    fn parts_of(
        &self,
        to: &SendTo,
        media: Vec<OutboundMedia>,
        account: &Account,
    ) -> Result<Vec<NewOutbound>, EngineError> {
        let group = group::sent(&*self.inner().ids);
        let mut envelope = Envelope::new(group, to.target.clone(), self.now_ms());
        envelope.session_key.clone_from(&to.session_key);
        let can = account.channel.capabilities();
        let parts = match &to.said {
            Said::Message { markdown, .. } => envelope.media(markdown, media, can),
            Said::Poll(poll) => envelope.poll(poll.clone(), can),
        };
        let parts = parts?;
        if parts.is_empty() {
            return Err(EngineError::invalid("there is nothing to send"));
        }
        Ok(parts)
    }

    /// Waits until every part of a group ended, or until the deadline; how far it is then.
    pub(super) async fn settled(
        &self,
        account: &AccountKey,
        group: &str,
        deadline: Instant,
    ) -> Result<Sending, EngineError> {
        let Some(mut turns) = self.outbox_turns(account) else {
            return Err(EngineError::UnknownChannel(account.channel.to_string()));
        };
        loop {
            turns.mark_unchanged();
            let rows = self.inner().outbox.group(group).await?;
            let how = Sending::of(&rows);
            if how.has_ended() {
                return Ok(how);
            }
            let changed = tokio::select! {
                changed = turns.changed() => changed.is_ok(),
                () = self.inner().stop.cancelled() => false,
                () = tokio::time::sleep_until(deadline) => false,
            };
            if !changed {
                return Ok(how);
            }
        }
    }

    /// Shows what was sent in a transcript, once.
    async fn mirror(&self, once: Once, to: SendTo) {
        let Some(key) = to.session_key else {
            return;
        };
        let text = match to.said {
            Said::Message { markdown, .. } => markdown,
            Said::Poll(poll) => poll.question,
        };
        if text.trim().is_empty() {
            return;
        }
        let once = Once {
            method: "send.mirror",
            ..once
        };
        // It was sent: the caller must not take this for a failure.
        if let Err(error) = self.deliver(once, key, text).await {
            tracing::warn!(error = %error, "a message that was sent is missing in its transcript");
        }
    }
}

impl Said {
    fn take_links(&mut self) -> Vec<String> {
        match self {
            Self::Message { links, .. } => std::mem::take(links),
            Self::Poll(_) => Vec::new(),
        }
    }

    fn add_lines(&mut self, lines: impl Iterator<Item = String>) {
        if let Self::Message { markdown, .. } = self {
            for line in lines {
                markdown.push_str("\n\n");
                markdown.push_str(&line);
            }
        }
    }
}

impl From<Unfit> for EngineError {
    fn from(unfit: Unfit) -> Self {
        Self::invalid(unfit.to_string())
    }
}
