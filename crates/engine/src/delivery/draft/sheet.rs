//! The message that shows a draft, from its first words to the end of the answer.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::{Act, Attempt, ChannelError, OutboundPart, Target, TextLimit};
use tidegate_core::text::chunk;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Engine;
use crate::channels::Account;
use crate::delivery::verdict::silence;

/// So many words are worth a message.
const FIRST_WORDS: usize = 5;
/// Fewer words are shown after this time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Time for the network to take a draft or a change.
const DEADLINE: Duration = Duration::from_secs(20);
/// Time for what is on its way when the answer is complete.
const END_WAIT: Duration = Duration::from_secs(3);
/// Changes that may fail one after the other.
const MAX_FAILURES: u32 = 3;

/// The message that shows a draft.
pub(super) struct Sheet {
    pub(super) engine: Engine,
    pub(super) account: Arc<Account>,
    /// Where the message is, by the id that the conversation had then.
    pub(super) target: Target,
    /// The message that the answer is for.
    pub(super) reply_to: Option<String>,
    /// The words that it shows, or may show.
    pub(super) shown: String,
    pub(super) key: String,
    /// When the first try of unknown end began, in Unix milliseconds.
    pub(super) maybe_sent_since_ms: Option<u64>,
    pub(super) room: TextLimit,
    pub(super) every: Duration,
    pub(super) over: CancellationToken,
    pub(super) texts: watch::Receiver<String>,
}

impl Sheet {
    /// Shows until the answer is complete; gives the message's id if there surely is one.
    pub(super) async fn show(mut self) -> Option<String> {
        let over = self.over.clone();
        tokio::select! {
            biased;
            () = over.cancelled() => return None,
            worth = self.worth_showing() => worth?,
        }
        let id = match self.put_up().await {
            Some(id) => id,
            None => self.look_up().await?,
        };
        self.keep_current(&id).await;
        (!self.has_moved()).then_some(id)
    }

    /// Sends the message; gives its id.
    async fn put_up(&mut self) -> Option<String> {
        loop {
            self.wait_for_room(Instant::now()).await?;
            // What may be there is tried again as it was.
            if self.maybe_sent_since_ms.is_none() {
                self.target = self.account.places.now(&self.target);
                self.shown = self.first_piece()?;
            }
            match self.send().await {
                Ok(id) => return Some(id),
                Err(error) => self.pause(&error).await?,
            }
        }
    }

    /// A message that may be there is looked for once more: it is not to stay beside the answer.
    async fn look_up(&mut self) -> Option<String> {
        self.maybe_sent_since_ms?;
        self.makes_one().then_some(())?;
        self.send().await.ok()
    }

    /// Whether the conversation has another id by now: there the message's id is another one's.
    fn has_moved(&self) -> bool {
        self.account.places.now(&self.target) != self.target
    }

    /// Waits until there is enough to show; `None` if the draft was dropped.
    async fn worth_showing(&mut self) -> Option<()> {
        let words = |text: &String| text.split_whitespace().next().is_some();
        self.texts.wait_for(words).await.ok()?;
        let enough = |text: &String| text.split_whitespace().nth(FIRST_WORDS - 1).is_some();
        match tokio::time::timeout(FIRST_WAIT, self.texts.wait_for(enough)).await {
            Ok(Err(_)) => None,
            Ok(Ok(_)) | Err(_) => Some(()),
        }
    }

    /// Changes the message as the text grows, until the answer is complete, the message is full or
    /// the network does not want it.
    async fn keep_current(&mut self, id: &str) -> Option<()> {
        let mut failures = 0;
        let mut next = Instant::now() + self.every;
        while failures < MAX_FAILURES {
            self.wait_for_more().await?;
            self.wait_for_room(next).await?;
            if self.has_moved() {
                return None;
            }
            let text = self.first_piece()?;
            next = Instant::now() + self.every;
            match self.change(id, &text).await? {
                Ok(()) => {
                    failures = 0;
                    self.shown = text;
                }
                Err(error) => {
                    failures += 1;
                    self.account.desk.heed_shown(&error, &self.target);
                    next += patience(&error)?;
                }
            }
        }
        Some(())
    }

    /// Waits until something else is to be shown; `None` if that will never be.
    async fn wait_for_more(&mut self) -> Option<()> {
        let room = self.room;
        let over = self.over.clone();
        let shown = &self.shown;
        let more = self
            .texts
            .wait_for(|text| first_piece(text, room).is_some_and(|piece| piece != *shown));
        tokio::select! {
            biased;
            () = over.cancelled() => None,
            more = more => more.ok().map(drop),
        }
    }

    /// Waits until then, and until the rates have room left over; `None` at the end.
    async fn wait_for_room(&self, mut at: Instant) -> Option<()> {
        loop {
            tokio::select! {
                biased;
                () = self.over.cancelled() => return None,
                () = tokio::time::sleep_until(at) => {}
            }
            let now = Instant::now();
            match self.account.desk.rates().take_spare(&self.target, now) {
                Ok(()) => return Some(()),
                Err(ready) => at = ready,
            }
        }
    }

    fn first_piece(&self) -> Option<String> {
        first_piece(&self.texts.borrow(), self.room)
    }

    /// Sends the message, or finds what an earlier try sent; gives its id. Notes if its end is
    /// unknown.
    async fn send(&mut self) -> Result<String, ChannelError> {
        let part = OutboundPart {
            reply_to: self.reply_to.clone(),
            ..OutboundPart::text(&*self.shown)
        };
        let attempt = Attempt {
            key: self.key.clone(),
            maybe_sent_since_ms: self.maybe_sent_since_ms,
            known: self
                .engine
                .known(&self.target, self.maybe_sent_since_ms)
                .await?,
        };
        // At the end there is time for a try and a look.
        let after_end = if self.makes_one() {
            END_WAIT / 2
        } else {
            END_WAIT
        };
        let began_ms = self.engine.now_ms();
        let sending = self.account.channel.send(&self.target, &part, &attempt);
        let late = || ChannelError::Unknown("the network took too long".into());
        let sent = self.in_time(sending, after_end).await;
        let sent = sent.unwrap_or_else(|| Err(late()));
        if let Err(ChannelError::Unknown(_)) = sent {
            self.maybe_sent_since_ms.get_or_insert(began_ms);
        }
        sent.map(|receipt| receipt.message_id)
    }

    async fn change(&self, id: &str, text: &str) -> Option<Result<(), ChannelError>> {
        let edit = Act::Edit {
            message_id: id.to_owned(),
            markdown: text.to_owned(),
        };
        let changing = self.account.channel.act(&self.target, edit);
        self.in_time(changing, END_WAIT).await
    }

    /// Does it; `None` if it takes too long, which is sooner when the answer is complete.
    async fn in_time<T>(&self, doing: impl Future<Output = T>, after_end: Duration) -> Option<T> {
        let ended = async {
            self.over.cancelled().await;
            tokio::time::sleep(after_end).await;
        };
        tokio::select! {
            biased;
            done = doing => Some(done),
            () = ended => None,
            () = tokio::time::sleep(DEADLINE) => None,
        }
    }

    /// The first message was not taken, or nobody knows: waits if another try is safe and of use,
    /// else `None`.
    async fn pause(&self, error: &ChannelError) -> Option<()> {
        self.account.desk.heed_shown(error, &self.target);
        if self.maybe_sent_since_ms.is_some() && !self.makes_one() {
            return None;
        }
        let wait = patience(error)?;
        tokio::select! {
            biased;
            () = self.over.cancelled() => None,
            () = tokio::time::sleep(wait) => Some(()),
        }
    }

    /// Whether all tries together make one message, or find it.
    fn makes_one(&self) -> bool {
        let can = self.account.channel.capabilities();
        can.keyed_sends || can.history
    }
}

/// How long to wait after an error; `None` if another try is of no use.
fn patience(error: &ChannelError) -> Option<Duration> {
    match error {
        ChannelError::Limited { .. } => silence(error),
        ChannelError::Unreachable(_) | ChannelError::Unknown(_) => Some(DEADLINE),
        _ => None,
    }
}

fn first_piece(text: &str, room: TextLimit) -> Option<String> {
    chunk(text, room).into_iter().next()
}
