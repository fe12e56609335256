//! How a run shows itself on the network that asked for it: that it writes, what it has so far, and
//! in the end its answer, which goes through the outbox.

use tidegate_core::run::{FailureKind, Run, RunEnd, RunStatus};
use tidegate_core::store::NewOutbound;

use crate::channels::Account;
use crate::delivery::{Draft, Typing, answer_parts, notice_parts, refusal_parts};
use crate::live::StopCause;
use crate::{Engine, commands};

/// A run at work, as people on its network see it. Dropping it ends every sign of it.
#[derive(Default)]
pub(crate) struct Shown {
    typing: Option<Typing>,
    draft: Option<Draft>,
}

impl Shown {
    /// The answer so far.
    pub(crate) fn progress(&self, so_far: &str) {
        if let Some(typing) = &self.typing {
            typing.progress();
        }
        if let Some(draft) = &self.draft {
            draft.say(so_far);
        }
    }

    /// The run came forward, and there is no word of its answer yet.
    pub(crate) fn came_forward(&self) {
        if let Some(typing) = &self.typing {
            typing.progress();
        }
    }

    /// The run is over: nothing is shown any more. Gives the message that shows the draft.
    pub(crate) async fn end(self) -> Option<String> {
        drop(self.typing);
        self.draft?.end().await
    }
}

impl Engine {
    /// Begins to show a run where it was asked for, if that is a network.
    pub(crate) fn show(&self, run: &Run) -> Shown {
        run.request
            .origin
            .as_ref()
            .map_or_else(Shown::default, |origin| Shown {
                typing: self.typing(&origin.target),
                draft: self.draft(&origin.target, &origin.message_id),
            })
    }

    /// What goes out when a run is over: its answer, or a sentence that says why there is none.
    /// Nothing if no network asked for it and it is not to be
    /// delivered anywhere.
    pub(crate) fn outcome(
        &self,
        run: &Run,
        end: &RunEnd,
        cause: StopCause,
        draft: Option<String>,
        at_ms: u64,
    ) -> Vec<NewOutbound> {
        if let Some(target) = &run.request.deliver_to {
            return self.errand_parts(run, end, target, at_ms);
        }
        let Some(account) = self.asked_on(run) else {
            return Vec::new();
        };
        let text = match end.status {
            RunStatus::Ok => end.text.clone(),
            RunStatus::Error => below(
                &end.text,
                &format!("⚠️ There is no answer: {}", why(run, end)),
            ),
            RunStatus::Aborted | RunStatus::Interrupted => below(&end.text, why_stopped(cause)),
        };
        let can = account.channel.capabilities();
        let mut parts = answer_parts(run, &text, draft, can, at_ms);
        if let Some(last) = parts.last_mut().filter(|_| can.buttons) {
            last.body.buttons = commands::buttons(&run.request.message);
        }
        forwarded(account, parts)
    }

    /// What goes out when a run is given up before it began. Nothing if no network asked for it.
    pub(crate) fn unread(&self, run: &Run, cause: StopCause, at_ms: u64) -> Vec<NewOutbound> {
        let sentence = match cause {
            StopCause::Word => "This message was not read: somebody stopped the conversation.",
            StopCause::Newer => {
                "Too many messages were waiting here. The oldest are not read: please send them again."
            }
            StopCause::Rpc | StopCause::Revoked => {
                "This message was taken out of the queue by the owner."
            }
            StopCause::Shutdown => why_stopped(cause),
        };
        let target = run.request.origin.as_ref().map(|origin| &origin.target);
        let knows = cause == StopCause::Newer
            && target.is_some_and(|target| !self.inner().refusals.may_tell(target));
        let account = self.asked_on(run).filter(|_| !knows);
        account.map_or_else(Vec::new, |account| {
            let parts = refusal_parts(run, sentence, account.channel.capabilities(), at_ms);
            forwarded(account, parts)
        })
    }

    /// The account on which a run was asked for.
    fn asked_on(&self, run: &Run) -> Option<&Account> {
        let origin = run.request.origin.as_ref()?;
        let account = self.inner().accounts.get(&origin.target.account)?;
        Some(account)
    }
}

/// The parts, to where their conversation is now: it may have moved while the run was at work.
fn forwarded(account: &Account, mut parts: Vec<NewOutbound>) -> Vec<NewOutbound> {
    for part in &mut parts {
        account.places.forward(&mut part.target, &mut part.body);
    }
    parts
}

/// Why a run failed: all of it for whoever may mend it, the kind of it for others.
fn why<'a>(run: &Run, end: &'a RunEnd) -> &'a str {
    if run.request.may_administer {
        return end.error.as_deref().unwrap_or("the run failed");
    }
    match end.failure {
        Some(FailureKind::Timeout) => "it took too long.",
        Some(FailureKind::RateLimit) => "too much is asked just now; try again later.",
        Some(FailureKind::Refusal) => "the model declined.",
        Some(FailureKind::ContextLength) => {
            "this conversation is too long; ask the owner for a new one."
        }
        Some(FailureKind::Auth | FailureKind::Unknown) | None => {
            "something is wrong here; the owner can see what."
        }
    }
}

/// The end of an interrupted run, after a crash.
pub(crate) fn interrupted(run: &Run, at_ms: u64) -> Vec<NewOutbound> {
    notice_parts(run, why_stopped(StopCause::Shutdown), at_ms)
}

const fn why_stopped(cause: StopCause) -> &'static str {
    match cause {
        StopCause::Word | StopCause::Rpc | StopCause::Revoked => "_Stopped._",
        StopCause::Newer => "_Interrupted by your newer message._",
        StopCause::Shutdown => {
            "_The gateway was restarted while it wrote this answer. Please send your message again._"
        }
    }
}

fn below(text: &str, sentence: &str) -> String {
    if text.trim().is_empty() {
        sentence.to_owned()
    } else {
        format!("{text}\n\n{sentence}")
    }
}
