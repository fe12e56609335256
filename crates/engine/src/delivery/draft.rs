//! An answer shown while it is written: one message, changed again and again. It only shows; the
//! answer itself goes through the outbox, which puts it in the draft's place.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::{
    Act, Attempt, Body, ChannelError, OutboundPart, Receipt, Target, TextLimit,
};
use tidegate_core::text::chunk;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::desk::Desk;
use super::group;
use super::parts::text_room;
use super::verdict::silence;
use crate::Engine;
use crate::channels::Account;

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

/// A draft that is shown. Dropping it leaves it as it is.
#[derive(Debug)]
pub struct Draft {
    text: watch::Sender<String>,
    room: TextLimit,
    over: DropGuard,
    task: JoinHandle<Option<String>>,
}

impl Draft {
    /// The answer so far. Never waits; the newest wins.
    pub fn say(&self, so_far: &str) {
        // Only the first message's worth is shown, and all that is cheap to know is its bytes.
        let is_full = self.text.borrow().len() > self.room.max.saturating_mul(4);
        if !is_full {
            self.text.send_replace(so_far.to_owned());
        }
    }

    /// The answer is complete. Gives the message that shows the draft, if there surely is one;
    /// waits at most 3 s for what is on its way.
    pub async fn end(self) -> Option<String> {
        drop(self.over.disarm().drop_guard());
        self.task.await.ok().flatten()
    }
}

impl Engine {
    /// Begins to show an answer there while it is written. `None` where that is not possible or
    /// not wanted.
    pub fn draft(&self, target: &Target, message_id: &str) -> Option<Draft> {
        let inner = self.inner();
        let account = inner.accounts.get(&target.account)?;
        let can = account.channel.capabilities();
        let every = can.draft_every.filter(|_| account.drafts && can.edits)?;
        let (text, texts) = watch::channel(String::new());
        let over = CancellationToken::new();
        let mut first = OutboundPart::text("");
        first.reply_to = super::parts::reply_to(target, message_id, can);
        let sheet = Sheet {
            account: Arc::clone(account),
            desk: Arc::clone(inner.desks.at(&target.account)?),
            target: target.clone(),
            key: group::draft(&*inner.ids),
            room: text_room(can),
            every,
            over: over.clone(),
            texts,
        };
        Some(Draft {
            text,
            room: text_room(can),
            over: over.drop_guard(),
            task: inner.tasks.spawn(sheet.show(first)),
        })
    }
}

/// The message that shows a draft.
struct Sheet {
    account: Arc<Account>,
    desk: Arc<Desk>,
    target: Target,
    key: String,
    room: TextLimit,
    every: Duration,
    over: CancellationToken,
    texts: watch::Receiver<String>,
}

impl Sheet {
    /// Shows until the answer is complete; gives the message's id if there surely is one.
    async fn show(mut self, mut first: OutboundPart) -> Option<String> {
        let over = self.over.clone();
        tokio::select! {
            biased;
            () = over.cancelled() => return None,
            worth = self.worth_showing() => worth?,
        }
        let (id, shown) = loop {
            self.wait_for_room(Instant::now()).await?;
            let text = self.first_piece()?;
            first.body = Body::Text {
                markdown: text.clone(),
            };
            match self.send(&first).await? {
                Ok(receipt) => break (receipt.message_id, text),
                Err(error) => self.pause(&error).await?,
            }
        };
        self.keep_current(&id, shown).await;
        Some(id)
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
    async fn keep_current(&mut self, id: &str, mut shown: String) -> Option<()> {
        let mut failures = 0;
        let mut next = Instant::now() + self.every;
        while failures < MAX_FAILURES {
            self.wait_for_more(&shown).await?;
            self.wait_for_room(next).await?;
            let text = self.first_piece()?;
            next = Instant::now() + self.every;
            match self.change(id, &text).await? {
                Ok(()) => {
                    failures = 0;
                    shown = text;
                }
                Err(error) => {
                    failures += 1;
                    self.desk.heed_shown(&error, &self.target);
                    next += patience(&error)?;
                }
            }
        }
        Some(())
    }

    /// Waits until something else is to be shown; `None` if that will never be.
    async fn wait_for_more(&mut self, shown: &str) -> Option<()> {
        let room = self.room;
        let over = self.over.clone();
        let more = self
            .texts
            .wait_for(|text| first_piece(text, room).is_some_and(|piece| piece != shown));
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
            match self.desk.rates().take_spare(&self.target, now) {
                Ok(()) => return Some(()),
                Err(ready) => at = ready,
            }
        }
    }

    fn first_piece(&self) -> Option<String> {
        first_piece(&self.texts.borrow(), self.room)
    }

    async fn send(&self, part: &OutboundPart) -> Option<Result<Receipt, ChannelError>> {
        let attempt = Attempt {
            key: self.key.clone(),
            maybe_sent_since_ms: None,
        };
        let sending = self.account.channel.send(&self.target, part, &attempt);
        self.in_time(sending).await
    }

    async fn change(&self, id: &str, text: &str) -> Option<Result<(), ChannelError>> {
        let edit = Act::Edit {
            message_id: id.to_owned(),
            markdown: text.to_owned(),
        };
        let changing = self.account.channel.act(&self.target, edit);
        self.in_time(changing).await
    }

    /// Does it; `None` if it takes too long, which at the end is sooner.
    async fn in_time<T>(&self, doing: impl Future<Output = T>) -> Option<T> {
        let ended = async {
            self.over.cancelled().await;
            tokio::time::sleep(END_WAIT).await;
        };
        tokio::select! {
            biased;
            done = doing => Some(done),
            () = ended => None,
            () = tokio::time::sleep(DEADLINE) => None,
        }
    }

    /// The first message was not taken: waits if another try is safe and of use, else `None`.
    async fn pause(&self, error: &ChannelError) -> Option<()> {
        self.desk.heed_shown(error, &self.target);
        let wait = match error {
            ChannelError::Unknown(_) => return None,
            other => patience(other)?,
        };
        tokio::select! {
            biased;
            () = self.over.cancelled() => None,
            () = tokio::time::sleep(wait) => Some(()),
        }
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
