//! An answer shown while it is written: one message, changed again and again. It only shows; the
//! answer itself goes through the outbox, which puts it in the draft's place.

use std::sync::Arc;

use tidegate_core::channel::{Target, TextLimit};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use self::sheet::Sheet;
use super::group;
use super::parts::{reply_to, text_room};
use crate::Engine;

mod sheet;

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
        let sheet = Sheet {
            engine: self.clone(),
            account: Arc::clone(account),
            target: target.clone(),
            reply_to: reply_to(target, message_id, can),
            shown: String::new(),
            key: group::draft(&*inner.ids),
            maybe_sent_since_ms: None,
            room: text_room(can),
            every,
            over: over.clone(),
            texts,
        };
        Some(Draft {
            text,
            room: text_room(can),
            over: over.drop_guard(),
            task: inner.tasks.spawn(sheet.show()),
        })
    }
}
