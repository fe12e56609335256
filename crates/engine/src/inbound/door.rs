//! The inbox of one account: the only way in. An event is admitted, routed and stored in the order
//! of the network; only what is stored is worked on.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use tidegate_core::channel::{Heard, Inbound, Inbox, InboxError};
use tidegate_core::store::{Arrivals, Arrived};

use super::consider::Follow;
use crate::Engine;
use crate::channels::Account;

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
        let state = tidegate_core::channel::AccountState::Connecting;
        self.account.ledger.set(state);
    }

    fn proved(&self) {
        self.account.ledger.proved();
    }

    fn degraded(&self, reason: &str) {
        self.account.ledger.degrade(Some(reason));
    }

    fn whole(&self) {
        self.account.ledger.degrade(None);
    }
}

impl Engine {
    async fn accept_events(
        &self,
        account: &Arc<Account>,
        owner: String,
        events: Vec<Inbound>,
        cursor: Option<String>,
    ) -> Result<Vec<Heard>, InboxError> {
        let inner = self.inner();
        // One batch at a time in the whole gateway, and no other message of these sessions between
        // store and queue: lanes see the order of the store.
        let _order = inner.lanes.all_gates().await;
        if inner.lanes.is_closed() {
            return Err(InboxError::Closed);
        }
        let mut heard = Vec::with_capacity(events.len());
        let mut asked = HashMap::new();
        let mut list = Vec::new();
        let mut follows = Vec::new();
        for event in events {
            let step = self.consider(account, event, &mut asked).await?;
            heard.push(step.heard);
            if let Some(edit) = step.edit {
                edit.amend(&mut list);
                self.reword(&edit).await?;
            }
            if let Some((arrival, follow)) = step.arrival {
                list.push(arrival);
                follows.push((heard.len() - 1, follow));
            }
        }
        let arrivals = Arrivals {
            account: account.key.clone(),
            owner,
            list,
            cursor,
            at_ms: self.now_ms(),
        };
        let stored = inner.inbox.arrive(arrivals).await?;
        let something_new = stored.iter().any(|one| matches!(one, Arrived::New(_)));
        for ((place, follow), arrived) in follows.into_iter().zip(stored) {
            match arrived {
                Arrived::Known => {
                    if let Some(heard) = heard.get_mut(place) {
                        *heard = Heard::Known;
                    }
                }
                Arrived::New(run) => {
                    account.ledger.inbound();
                    match (follow, run) {
                        (Follow::Run { acknowledge }, Some(run)) => {
                            let ack = self.acknowledgement(&run).filter(|_| acknowledge);
                            self.enqueue_inbound(*run).await;
                            self.show_acknowledgement(ack);
                        }
                        (Follow::Stop(key, chat), _) => {
                            if let Err(error) = self.abort_from_chat(&key, &chat).await {
                                tracing::error!(error = %error, "runs could not be stopped");
                            }
                        }
                        (Follow::Run { .. } | Follow::Answer, _) => {}
                    }
                }
            }
        }
        for heard in &heard {
            account.tally.heard(*heard);
        }
        if something_new {
            self.outbox_changed(&account.key);
            self.sessions_changed();
        }
        Ok(heard)
    }
}
