//! How a turn ended.

use tidegate_core::run::{FailureKind, Run, RunEnd, RunStatus};
use tidegate_core::store::StoreError;
use tidegate_core::transcript::{Maker, NewMessage, Part, StopReason, Usage, text_of};

use super::speak::Spoken;
use crate::Engine;
use crate::live::{LiveRun, StopCause};

/// How a turn ended.
pub(super) struct Finished {
    pub(super) end: RunEnd,
    /// What it adds to the transcript.
    pub(super) message: Option<NewMessage>,
    /// The draft that the answer takes the place of.
    pub(super) draft: Option<String>,
}

impl Finished {
    /// A turn that failed before anything was said.
    pub(super) const fn failed(kind: FailureKind, text: String) -> Self {
        Self {
            end: error_end(kind, text),
            message: None,
            draft: None,
        }
    }

    pub(super) fn not_stored(error: &StoreError) -> Self {
        Self::failed(FailureKind::Unknown, store_text(error))
    }

    /// A turn that we answer ourselves.
    pub(super) const fn answered(text: String, message: NewMessage) -> Self {
        Self {
            end: ok_end(text, None, Usage::NONE),
            message: Some(message),
            draft: None,
        }
    }

    /// How the answer ended, for the transcript.
    pub(super) fn stop(&self) -> StopReason {
        let message = self.message.as_ref();
        message
            .and_then(|message| message.stop)
            .unwrap_or(StopReason::Stop)
    }
}

impl Engine {
    pub(super) fn conclude(
        &self,
        lead: &Run,
        live: &LiveRun,
        maker: Maker,
        spoken: Spoken,
        draft: Option<String>,
    ) -> Finished {
        let so_far = live.progress().clone();
        let partial = || {
            let (text, thinking) = so_far.not_stored();
            let thinking = (!thinking.is_empty()).then(|| Part::Thinking {
                thinking: thinking.to_owned(),
                signature: None,
            });
            let text = (!text.is_empty()).then(|| Part::Text {
                text: text.to_owned(),
            });
            thinking.into_iter().chain(text).collect::<Vec<_>>()
        };
        let (end, parts, stop) = match spoken {
            Spoken::Outcome(outcome) => {
                // All words of the run, those of earlier rounds too: who is not in the room hears them.
                let text = if so_far.has_rounds() {
                    so_far.text.clone()
                } else {
                    text_of(&outcome.parts)
                };
                let end = ok_end(text, Some(outcome.maker), outcome.usage);
                (end, outcome.parts, outcome.stop)
            }
            Spoken::Failed(error) => {
                let end = RunEnd {
                    text: so_far.text.clone(),
                    maker: Some(maker),
                    ..error_end(error.kind, error.message)
                };
                (end, partial(), StopReason::Error)
            }
            Spoken::Stopped(cause) => {
                let (status, stop) = stopped(cause);
                let end = RunEnd {
                    status,
                    ..ok_end(so_far.text.clone(), Some(maker), Usage::NONE)
                };
                (end, partial(), stop)
            }
        };
        let message = NewMessage {
            id: self.inner().ids.uuid(),
            speaker: tidegate_core::transcript::Speaker::Assistant,
            parts,
            at_ms: self.now_ms(),
            run_id: Some(lead.id.clone()),
            maker: end.maker.clone(),
            usage: Some(end.usage),
            stop: Some(stop),
            error: end.error.clone(),
        };
        Finished {
            end,
            message: Some(message),
            draft,
        }
    }
}

const fn stopped(cause: StopCause) -> (RunStatus, StopReason) {
    match cause {
        StopCause::Shutdown => (RunStatus::Interrupted, StopReason::Interrupted),
        StopCause::Rpc | StopCause::Word | StopCause::Revoked | StopCause::Newer => {
            (RunStatus::Aborted, StopReason::Aborted)
        }
    }
}

const fn ok_end(text: String, maker: Option<Maker>, usage: Usage) -> RunEnd {
    RunEnd {
        status: RunStatus::Ok,
        text,
        error: None,
        failure: None,
        maker,
        usage,
    }
}

const fn error_end(kind: FailureKind, text: String) -> RunEnd {
    RunEnd {
        status: RunStatus::Error,
        text: String::new(),
        error: Some(text),
        failure: Some(kind),
        maker: None,
        usage: Usage::NONE,
    }
}

fn store_text(error: &StoreError) -> String {
    tracing::error!(error = %error, "a turn could not be stored");
    match error {
        StoreError::Full { .. } => {
            "the disk of the gateway is full: free space and send the message again".into()
        }
        _ => "the gateway could not store this turn; see its log".into(),
    }
}
