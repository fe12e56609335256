//! One try to send one part: note it, do it, note what came of it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tidegate_core::channel::{Attempt, ChannelError, OutboundPart, Receipt, Target};
use tidegate_core::store::{OutboxRow, OutboxStep, StoreError};
use tokio::time::Instant;

use super::verdict::{Case, SIGNED_OUT_WAIT, backoff, deadline};
use crate::Engine;
use crate::channels::{Account, Side};

/// Time for the network to say who we are.
const PROOF_TIME: Duration = Duration::from_secs(10);
/// How far our clock and a network's may be apart, at least: a look goes back so much further than
/// the try itself.
const CLOCKS_APART_MS: u64 = 120_000;
/// The wait after the store failed.
pub(super) const STORE_RETRY: Duration = Duration::from_secs(2);

/// One account's means to send.
#[derive(Clone)]
pub(super) struct Sender {
    pub(super) engine: Engine,
    pub(super) account: Arc<Account>,
}

impl Sender {
    /// What is known of a part.
    pub(super) fn case<'a>(&'a self, row: &'a OutboxRow) -> Case<'a> {
        let [chance, ..] = self.engine.inner().ids.secret();
        Case {
            row,
            can: self.account.channel.capabilities(),
            now_ms: self.engine.now_ms(),
            wait: backoff(row.attempts, chance),
        }
    }

    /// Notes what happened to a part, and tells whoever waits for it.
    pub(super) async fn note(
        &self,
        no: u64,
        step: OutboxStep,
    ) -> Result<Option<OutboxRow>, StoreError> {
        let outbox = &self.engine.inner().outbox;
        let row = outbox.step(no, step, self.engine.now_ms()).await?;
        if let Some(row) = &row {
            self.account.desk.ended(row);
        }
        Ok(row)
    }

    /// Tries to send a part. Gives it as it is afterwards; `None` if it is not open any more.
    ///
    /// # Errors
    /// The store failed before anything was done.
    pub(super) async fn attempt(&self, no: u64) -> Result<Option<OutboxRow>, StoreError> {
        let Some(mut row) = self.note(no, OutboxStep::Sending).await? else {
            return Ok(None);
        };
        let item = &mut row.item;
        let places = &self.account.places;
        places.forward(&mut item.target, &mut item.body);
        let Some(part) = self.case(&row).dressed() else {
            let reason = "nobody knows whether it arrived".to_owned();
            return Ok(self.note_surely(no, OutboxStep::Dead { reason }).await);
        };
        let outcome = match self.prove(&row).await {
            Ok(()) => self.send(&row, &part).await,
            Err(error) => Err(error),
        };
        let step = self.case(&row).after(&outcome);
        let after = self.note_surely(no, step).await;
        self.learn(&row, &outcome).await;
        Ok(after)
    }

    /// The one repetition of a try of unknown end is not to be lost where the try was: the network
    /// must answer something first.
    async fn prove(&self, row: &OutboxRow) -> Result<(), ChannelError> {
        if !self.case(row).is_last_chance() {
            return Ok(());
        }
        match tokio::time::timeout(PROOF_TIME, self.account.channel.probe()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(ChannelError::Unreachable(error.to_string())),
            Err(_) => Err(ChannelError::Unreachable(
                "the network does not answer".into(),
            )),
        }
    }

    /// The network call; a deadline or a panic leave its end unknown.
    async fn send(&self, row: &OutboxRow, part: &OutboundPart) -> Result<Receipt, ChannelError> {
        let attempt = Attempt {
            key: row.key(),
            maybe_sent_since_ms: row.maybe_sent_since_ms,
            known: self
                .engine
                .known(&row.item.target, row.maybe_sent_since_ms)
                .await?,
        };
        let within = deadline(part);
        let sending = self.account.channel.send(&row.item.target, part, &attempt);
        let sending = AssertUnwindSafe(sending).catch_unwind();
        match tokio::time::timeout(within, sending).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_panic)) => {
                tracing::error!(account = %self.account.key, part = row.no, "a channel panicked");
                let why = "an internal error; it is in the log";
                Err(ChannelError::Unknown(why.into()))
            }
            Err(_) => {
                let why = format!("the network gave no answer for {} s", within.as_secs());
                Err(ChannelError::Unknown(why))
            }
        }
    }

    /// Notes the end of a try. It happened, so this goes on until the store takes it; if the
    /// gateway ends before, the next start finds the part on its way.
    async fn note_surely(&self, no: u64, step: OutboxStep) -> Option<OutboxRow> {
        loop {
            match self.note(no, step.clone()).await {
                Ok(row) => return row,
                Err(error) => self.store_failed(&error).await,
            }
        }
    }

    async fn store_failed(&self, error: &StoreError) {
        tracing::error!(account = %self.account.key, error = %error, "the outbox could not be written");
        tokio::time::sleep(STORE_RETRY).await;
    }

    /// What a try tells about more than its part.
    async fn learn(&self, row: &OutboxRow, outcome: &Result<Receipt, ChannelError>) {
        let target = &row.item.target;
        match outcome {
            Ok(_) => {
                self.account.ledger.outbound();
                self.account.ledger.degrade(Side::Out, None);
            }
            Err(ChannelError::Moved { to }) => self.move_peer(&target.peer.id, to).await,
            Err(error @ (ChannelError::SignedOut(_) | ChannelError::NeedsSetup(_))) => {
                let now = Instant::now();
                self.account.desk.rates().pause(None, now, SIGNED_OUT_WAIT);
                let reason = format!("sending was refused: {error}");
                self.account.ledger.degrade(Side::Out, Some(&reason));
            }
            Err(error) => self.account.desk.heed(error, target),
        }
    }

    async fn move_peer(&self, from: &str, to: &str) {
        loop {
            let moved = {
                let _order = self.engine.inner().lanes.all_gates().await;
                self.engine.move_conversation(&self.account, from, to).await
            };
            match moved {
                Ok(()) => return,
                Err(error) => self.store_failed(&error).await,
            }
        }
    }
}

impl Engine {
    /// Messages there that a try of unknown end, which began then, cannot have made: other parts
    /// did.
    pub(super) async fn known(
        &self,
        target: &Target,
        maybe_sent_since_ms: Option<u64>,
    ) -> Result<Vec<String>, ChannelError> {
        let Some(since_ms) = maybe_sent_since_ms else {
            return Ok(Vec::new());
        };
        let since_ms = since_ms.saturating_sub(CLOCKS_APART_MS);
        let known = self.inner().outbox.receipts(target, since_ms).await;
        known.map_err(|error| {
            tracing::error!(account = %target.account, error = %error, "receipts cannot be read");
            ChannelError::Unreachable("the gateway's store failed; see its log".into())
        })
    }
}
