//! A reaction that says that a message is here: put when its run is queued, taken back when the
//! run ended. It only shows: nothing waits for it, and a crash leaves it where it is.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::{Act, ChannelError, Inbound, InboundEvent, PeerKind, Target};
use tidegate_core::run::Run;
use tidegate_protocol::RunId;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Engine;
use crate::channels::Account;

/// Time for the network to take a reaction; less than deliveries have at the end of the gateway.
const DEADLINE: Duration = Duration::from_secs(4);
/// How long a reaction waits for room in the rates.
const PATIENCE: Duration = Duration::from_mins(1);

/// How people see at once that their message is here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AckReaction {
    /// The reaction; none if none is shown.
    pub emoji: Option<String>,
    /// On which messages.
    pub scope: AckScope,
}

/// On which messages a reaction says that they are here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AckScope {
    /// Those in groups and rooms that mention us or answer a message of ours.
    #[default]
    GroupMentions,
    /// All that are answered.
    All,
    /// Those in direct chats.
    Direct,
    /// None.
    Off,
}

impl AckReaction {
    /// Whether it is shown on what happened.
    pub(crate) fn is_for(&self, event: &Inbound) -> bool {
        let InboundEvent::Message(message) = &event.event else {
            return false;
        };
        let is_direct = event.peer.kind == PeerKind::Direct;
        match self.scope {
            AckScope::Off => false,
            AckScope::All => true,
            AckScope::Direct => is_direct,
            AckScope::GroupMentions => {
                let answers_us = message.reply_to.as_ref().is_some_and(|to| to.ours);
                !is_direct && (message.mentioned || answers_us)
            }
        }
    }
}

/// The reaction on the message of one run.
pub(crate) struct Acknowledgement {
    account: Arc<Account>,
    run_id: RunId,
    target: Target,
    message_id: String,
    emoji: String,
}

impl Engine {
    /// The reaction for a run; none if none is shown there.
    pub(crate) fn acknowledgement(&self, run: &Run) -> Option<Acknowledgement> {
        let inner = self.inner();
        let emoji = inner.accounts.ack.emoji.clone()?;
        let origin = run.request.origin.as_ref()?;
        let account = inner.accounts.get(&origin.target.account)?;
        account.channel.capabilities().reactions.then_some(())?;
        Some(Acknowledgement {
            account: Arc::clone(account),
            run_id: run.id.clone(),
            target: origin.target.clone(),
            message_id: origin.message_id.clone(),
            emoji,
        })
    }

    /// Shows it for as long as its run waits or works. The run must be live.
    pub(crate) fn show_acknowledgement(&self, ack: Option<Acknowledgement>) {
        if let Some(ack) = ack {
            let engine = self.clone();
            // With the deliveries: they end after the runs.
            drop(self.inner().deliveries.spawn(ack.show(engine)));
        }
    }
}

impl Acknowledgement {
    async fn show(self, engine: Engine) {
        let inner = engine.inner();
        let closing = &inner.deliveries_over;
        let mut over = std::pin::pin!(async {
            tokio::select! {
                _ = inner.live.wait(&self.run_id) => {}
                () = closing.cancelled() => {}
            }
        });
        let has_room = tokio::select! {
            biased;
            () = &mut over => return,
            has_room = self.has_room(closing) => has_room,
        };
        // What is on its way is waited for: what took it back might else arrive before it.
        if !has_room || !self.react(&self.emoji).await {
            return;
        }
        over.await;
        if self.has_room(closing).await {
            self.react("").await;
        }
    }

    /// Waits until the rates have room left over; false if that takes too long.
    async fn has_room(&self, closing: &CancellationToken) -> bool {
        let room = async {
            loop {
                let taken = self
                    .account
                    .desk
                    .rates()
                    .take_spare(&self.target, Instant::now());
                match taken {
                    Ok(()) => return,
                    Err(ready) => tokio::time::sleep_until(ready).await,
                }
            }
        };
        tokio::select! {
            biased;
            () = room => true,
            () = closing.cancelled() => false,
            () = tokio::time::sleep(PATIENCE) => false,
        }
    }

    /// Puts a reaction, or takes ours away. Says whether that may have been done. In a conversation
    /// that moved, the message's id is another one's.
    async fn react(&self, emoji: &str) -> bool {
        if self.account.places.now(&self.target) != self.target {
            return false;
        }
        let act = Act::React {
            message_id: self.message_id.clone(),
            emoji: emoji.to_owned(),
        };
        let reacting = self.account.channel.act(&self.target, act);
        match tokio::time::timeout(DEADLINE, reacting).await {
            Ok(Ok(())) | Err(_) => true,
            Ok(Err(error)) => {
                self.account.desk.heed_shown(&error, &self.target);
                matches!(error, ChannelError::Unknown(_))
            }
        }
    }
}
