//! The network's half of the port.

use std::path::Path;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use tidegate_core::channel::{
    AccountKey, Act, Attempt, Capabilities, Channel, ChannelError, Identity, InboundMedia, Inbox,
    OutboundPart, Peer, PeerKind, Receipt, StoredFile, Target, Webhook,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::seen::{Acted, Outcome, Seen, Sent, words};
use super::{FakeNetwork, Way};

/// A call at work in a line; whatever ends it, it ends.
struct AtWork<'a>(&'a FakeNetwork, String);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        let mut seen = self.0.seen();
        let place = seen.at_work.iter().position(|line| *line == self.1);
        place.map(|place| seen.at_work.swap_remove(place));
    }
}

#[async_trait]
impl Channel for FakeNetwork {
    fn account(&self) -> &AccountKey {
        &self.profile.key
    }

    fn capabilities(&self) -> &Capabilities {
        &self.profile.can
    }

    fn fingerprint(&self) -> String {
        self.profile.key.to_string()
    }

    async fn receive(
        &self,
        inbox: &dyn Inbox,
        stop: CancellationToken,
    ) -> Result<(), ChannelError> {
        inbox.connecting();
        let mut way = self.way.subscribe();
        let mut arriving = self.arriving.lock().await;
        loop {
            let now = *way.borrow_and_update();
            match now {
                Way::SignedOut => return Err(ChannelError::SignedOut("revoked".into())),
                Way::Up => inbox.proved(),
                Way::Down => {}
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                changed = way.changed() => {
                    changed.unwrap();
                    if now == Way::Up {
                        return Err(ChannelError::Unreachable("the way is closed".into()));
                    }
                }
                Some(batch) = arriving.recv(), if now == Way::Up => {
                    let taken = inbox.accept("bot", batch.events, batch.cursor).await;
                    let failed = taken.is_err();
                    let _ = batch.taken.send(taken);
                    if failed {
                        return Err(ChannelError::Unreachable("nothing was stored".into()));
                    }
                }
                () = tokio::time::sleep(self.profile.can.proof_every / 2) => {}
            }
            if now == Way::Down {
                inbox.connecting();
            }
        }
    }

    /// Groups begin with `-`; what begins with `!` is no address.
    async fn address(&self, to: &str, thread: Option<&str>) -> Result<Target, ChannelError> {
        if to.starts_with('!') {
            return Err(ChannelError::Refused(format!("{to} is no address")));
        }
        let kind = if to.starts_with('-') {
            PeerKind::Group
        } else {
            PeerKind::Direct
        };
        Ok(Target {
            account: self.profile.key.clone(),
            peer: Peer {
                kind,
                id: to.to_owned(),
            },
            thread: thread.map(str::to_owned),
        })
    }

    async fn send(
        &self,
        to: &Target,
        part: &OutboundPart,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        let line = to.line();
        let outcome = {
            let mut seen = self.seen();
            seen.overlaps += u32::from(seen.at_work.contains(&line));
            seen.at_work.push(line.clone());
            seen.sent.push(Sent {
                target: to.clone(),
                part: part.clone(),
                attempt: attempt.clone(),
                at: Instant::now(),
            });
            seen.next(to, words(part))
        };
        let _at_work = AtWork(self, line);
        self.turn();
        self.meet(outcome, |seen| {
            seen.take(&self.profile.can, to, part, attempt)
        })
        .await
    }

    async fn act(&self, to: &Target, act: Act) -> Result<(), ChannelError> {
        let outcome = {
            let mut seen = self.seen();
            seen.acted.push(Acted {
                target: to.clone(),
                act: act.clone(),
                at: Instant::now(),
            });
            seen.act_script.pop_front().unwrap_or(Outcome::Take)
        };
        self.turn();
        let done = |seen: &mut Seen| match &act {
            Act::Edit {
                message_id,
                markdown,
            } => seen.change(message_id, markdown),
            Act::Typing | Act::TypingEnds | Act::React { .. } => true,
        };
        if self.meet(outcome, done).await? {
            Ok(())
        } else {
            Err(ChannelError::Refused("no such message".into()))
        }
    }

    async fn probe(&self) -> Result<Identity, ChannelError> {
        if self.mute.load(Ordering::Relaxed) {
            return std::future::pending().await;
        }
        match *self.way.borrow() {
            Way::Up => Ok(self.profile.identity.clone()),
            Way::Down => Err(ChannelError::Unreachable("the way is closed".into())),
            Way::SignedOut => Err(ChannelError::SignedOut("revoked".into())),
        }
    }

    async fn fetch(
        &self,
        media: &InboundMedia,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        let files = self.seen().files.clone();
        let Some((_, bytes)) = files
            .into_iter()
            .find(|(handle, _)| *handle == media.handle)
        else {
            return Err(ChannelError::Refused("no such file".into()));
        };
        let length = bytes.len() as u64;
        if length > max_bytes {
            return Err(ChannelError::Refused("the file is too large".into()));
        }
        std::fs::write(to, bytes).map_err(|error| ChannelError::Unreachable(error.to_string()))?;
        Ok(StoredFile {
            path: to.to_owned(),
            bytes: length,
        })
    }
    fn webhook(&self) -> Option<&dyn Webhook> {
        self.profile.webhook_secret.map(|_| self as &dyn Webhook)
    }
}
