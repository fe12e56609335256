//! The inbox of one account: the only way in. An event is admitted, routed and stored in the order
//! of the network; only what is stored is worked on.

use std::sync::Arc;

use async_trait::async_trait;
use tidegate_core::channel::{AccountState, Heard, Inbound, Inbox, InboxError, Target};
use tidegate_core::run::Run;
use tidegate_core::store::{Arrival, Arrivals, Arrived};

use super::after::Edit;
use super::consider::{Asked, Follow, Moved};
use crate::Engine;
use crate::channels::{Account, Side};
use crate::live::StopCause;

/// What a network gives its events to.
pub(crate) struct Door {
    engine: Engine,
    account: Arc<Account>,
}

impl Door {
    pub(crate) fn new(engine: Engine, account: Arc<Account>) -> Self {
        Self { engine, account }
    }
}

#[async_trait]
impl Inbox for Door {
    async fn cursor(&self, owner: &str) -> Result<Option<String>, InboxError> {
        let inbox = &self.engine.inner().inbox;
        Ok(inbox.cursor(&self.account.key, owner).await?)
    }

    async fn accept(
        &self,
        owner: &str,
        events: Vec<Inbound>,
        cursor: Option<String>,
    ) -> Result<Vec<Heard>, InboxError> {
        let engine = self.engine.clone();
        let account = Arc::clone(&self.account);
        let owner = owner.to_owned();
        // A task of its own: a connection that is torn down must not leave a message stored and
        // not worked on.
        let accepting = engine.inner().tasks.spawn({
            let engine = engine.clone();
            async move { engine.accept_events(&account, owner, events, cursor).await }
        });
        accepting.await.unwrap_or(Err(InboxError::Closed))
    }

    fn connecting(&self) {
        self.account.ledger.set(AccountState::Connecting);
    }

    fn proved(&self) {
        self.account.ledger.proved();
    }

    fn degraded(&self, reason: &str) {
        self.account.ledger.degrade(Side::In, Some(reason));
    }

    fn whole(&self) {
        self.account.ledger.degrade(Side::In, None);
    }
}

/// A batch of events on its way in.
#[derive(Default)]
struct Batch {
    /// What became of each event so far.
    heard: Vec<Heard>,
    /// What is to be stored next.
    gathered: Gathered,
    /// Runs that were taken out and are to be ended, with the chat that was told.
    stopped: Vec<(Run, Target)>,
}

/// What is to be stored in one step.
#[derive(Default)]
struct Gathered {
    asked: Asked,
    list: Vec<Arrival>,
    /// For each of the list: its place in the batch, and what follows.
    follows: Vec<(usize, Follow)>,
    /// Other words for messages that wait.
    edits: Vec<Edit>,
}

impl Engine {
    async fn accept_events(
        &self,
        account: &Account,
        owner: String,
        events: Vec<Inbound>,
        cursor: Option<String>,
    ) -> Result<Vec<Heard>, InboxError> {
        let mut batch = Batch::default();
        let taken = {
            // One batch at a time in the whole gateway, and no other message of these sessions
            // between store and queue: lanes see the order of the store.
            let _order = self.inner().lanes.all_gates().await;
            self.take_in(account, &mut batch, owner, events, cursor)
                .await
        };
        for (run, chat) in batch.stopped {
            let ended = self.end_before_start(run, StopCause::Word, Some(&chat));
            if let Err(error) = ended.await {
                tracing::error!(error = %error, "a run that was stopped could not be ended");
            }
        }
        taken?;
        for heard in &batch.heard {
            account.tally.heard(*heard);
        }
        Ok(batch.heard)
    }

    /// Takes events in the order of the network. Where a conversation moves, what came before is
    /// stored under its old id first, and goes along; the cursor comes with the last of all.
    async fn take_in(
        &self,
        account: &Account,
        batch: &mut Batch,
        owner: String,
        events: Vec<Inbound>,
        cursor: Option<String>,
    ) -> Result<(), InboxError> {
        if self.inner().lanes.is_closed() {
            return Err(InboxError::Closed);
        }
        for event in events {
            let asked = &mut batch.gathered.asked;
            let step = self.consider(account, event, asked).await?;
            let place = batch.heard.len();
            batch.heard.push(step.heard);
            let gathered = &mut batch.gathered;
            if let Some((arrival, follow)) = step.arrival {
                gathered.list.push(arrival);
                gathered.follows.push((place, follow));
            }
            if let Some(edit) = step.edit {
                edit.amend(&mut gathered.list);
                gathered.edits.push(edit);
            }
            if let Some(Moved { from, to }) = step.moved {
                self.store_gathered(account, batch, owner.clone(), None)
                    .await?;
                self.move_conversation(account, &from, &to).await?;
            }
        }
        self.store_gathered(account, batch, owner, cursor).await
    }

    /// Stores what was gathered, and does what follows.
    async fn store_gathered(
        &self,
        account: &Account,
        batch: &mut Batch,
        owner: String,
        cursor: Option<String>,
    ) -> Result<(), InboxError> {
        let Gathered {
            list,
            follows,
            edits,
            ..
        } = std::mem::take(&mut batch.gathered);
        // Before the cursor goes on: a change that a crash takes away comes again.
        for edit in edits {
            self.reword(&edit).await?;
        }
        let arrivals = Arrivals {
            account: account.key.clone(),
            owner,
            list,
            cursor,
            at_ms: self.now_ms(),
        };
        let stored = self.inner().inbox.arrive(arrivals).await?;
        let something_new = stored.iter().any(|one| matches!(one, Arrived::New(_)));
        for ((place, follow), arrived) in follows.into_iter().zip(stored) {
            match arrived {
                Arrived::New(run) => {
                    account.ledger.inbound();
                    self.follow(follow, run, &mut batch.stopped).await;
                }
                Arrived::Known => {
                    if let Some(heard) = batch.heard.get_mut(place) {
                        *heard = Heard::Known;
                    }
                }
            }
        }
        if something_new {
            self.outbox_changed(&account.key);
            self.sessions_changed();
        }
        Ok(())
    }

    async fn follow(
        &self,
        follow: Follow,
        run: Option<Box<Run>>,
        stopped: &mut Vec<(Run, Target)>,
    ) {
        match (follow, run) {
            (Follow::Run { acknowledge }, Some(run)) => {
                let ack = acknowledge.then(|| self.acknowledgement(&run)).flatten();
                self.enqueue_inbound(*run).await;
                self.show_acknowledgement(ack);
            }
            (Follow::Stop(key, chat), _) => {
                let (_, waiting) = self.take_all_out(&key, StopCause::Word);
                stopped.extend(waiting.into_iter().map(|run| (run, chat.clone())));
            }
            (Follow::Run { .. } | Follow::Answer, _) => {}
        }
    }
}
