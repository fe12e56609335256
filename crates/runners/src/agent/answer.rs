//! An answer while it grows: what was sent to the engine, and nothing else.

use tidegate_core::runner::{RunOutcome, RunSender, RunUpdate, Turn};
use tidegate_core::transcript::{Maker, Part, StopReason, Usage};
use tokio::sync::mpsc::error::TrySendError;

use super::calls::Calls;
use super::dialect::{Delta, Fault};
use super::history::{all_words, estimated_tokens};

/// The longest answer, thinking and proofs included.
pub(crate) const MAX_ANSWER_BYTES: usize = 512 * 1024;

/// Grows by [`Answer::apply`]. Cancelling that loses no words that were sent and keeps none that
/// were not.
pub(crate) struct Answer {
    out: RunSender,
    parts: Vec<Part>,
    calls: Calls,
    bytes: usize,
    new_part: bool,
    heard: bool,
}

impl Answer {
    pub(crate) fn new(out: RunSender) -> Self {
        Self {
            out,
            parts: Vec::new(),
            calls: Calls::new(),
            bytes: 0,
            new_part: false,
            heard: false,
        }
    }

    /// Whether the engine heard words of it; then nothing may be tried again.
    pub(crate) const fn heard(&self) -> bool {
        self.heard
    }

    /// Begins anew; only before anything was heard.
    pub(crate) fn reset(&mut self) {
        self.parts.clear();
        self.calls = Calls::new();
        self.bytes = 0;
        self.new_part = false;
    }

    /// Says that the provider is alive. Never waits: an engine with a full channel is not idle.
    pub(crate) fn progress(&self) -> Result<(), Fault> {
        match self.out.try_send(RunUpdate::Progress) {
            Ok(()) | Err(TrySendError::Full(_)) => Ok(()),
            Err(TrySendError::Closed(_)) => Err(Fault::Gone),
        }
    }

    /// Takes what the provider said and passes it on.
    pub(crate) async fn apply(&mut self, delta: Delta) -> Result<(), Fault> {
        let delta = delta.readable();
        let size = delta.len();
        if self.bytes + size > MAX_ANSWER_BYTES {
            return Err(Fault::TooLarge);
        }
        match delta {
            Delta::Alive => return self.progress(),
            Delta::NewPart => self.new_part = true,
            Delta::Call(piece) => {
                if !self.calls.add(piece) {
                    return Err(Fault::TooLarge);
                }
                self.progress()?;
            }
            Delta::Proof(proof) => self.sign(&proof),
            Delta::Text(text) | Delta::Thinking(text) if text.is_empty() => return self.progress(),
            Delta::Text(text) => {
                let permit = self.out.reserve().await.map_err(|_| Fault::Gone)?;
                match self.parts.last_mut() {
                    Some(Part::Text { text: last }) if !self.new_part => last.push_str(&text),
                    _ => self.parts.push(Part::Text { text: text.clone() }),
                }
                self.new_part = false;
                self.heard = true;
                permit.send(RunUpdate::Text(text));
            }
            Delta::Thinking(text) => {
                let permit = self.out.reserve().await.map_err(|_| Fault::Gone)?;
                match self.parts.last_mut() {
                    Some(Part::Thinking {
                        thinking,
                        signature: None,
                    }) if !self.new_part => thinking.push_str(&text),
                    _ => self.parts.push(Part::Thinking {
                        thinking: text.clone(),
                        signature: None,
                    }),
                }
                self.new_part = false;
                self.heard = true;
                permit.send(RunUpdate::Thinking(text));
            }
        }
        self.bytes += size;
        Ok(())
    }

    /// Adds to the proof of the thinking part at work; a proof may come without words.
    fn sign(&mut self, proof: &str) {
        let fresh = std::mem::take(&mut self.new_part);
        if fresh || !matches!(self.parts.last(), Some(Part::Thinking { .. })) {
            self.parts.push(Part::Thinking {
                thinking: String::new(),
                signature: None,
            });
        }
        if let Some(Part::Thinking { signature, .. }) = self.parts.last_mut() {
            signature.get_or_insert_default().push_str(proof);
        }
    }

    /// What was sent, with the calls that the model waits for. An answer that was stopped asks for
    /// nothing: its calls may be halves. `asked` is an estimate of the turn's tokens, for a provider that does not count.
    pub(crate) fn into_outcome(
        mut self,
        asked: u64,
        maker: Maker,
        stop: StopReason,
        usage: Option<Usage>,
    ) -> RunOutcome {
        let calls = std::mem::replace(&mut self.calls, Calls::new());
        let stop = if stop == StopReason::Aborted || calls.is_empty() {
            stop
        } else {
            self.parts.extend(calls.into_parts());
            StopReason::ToolUse
        };
        let guess = || Usage {
            input: asked,
            output: estimated_tokens(all_words(&self.parts)),
            ..Usage::default()
        };
        let usage = match usage {
            // A provider counts what it wrote at the end, which this answer did not see.
            Some(usage) if stop == StopReason::Aborted => Usage {
                output: usage.output.max(guess().output),
                ..usage
            },
            Some(usage) => usage,
            None => guess(),
        };
        RunOutcome {
            parts: self.parts,
            stop,
            usage,
            maker,
        }
    }
}

/// An estimate of what a turn asks, in tokens.
pub(crate) fn asked_tokens(turn: &Turn) -> u64 {
    let said = turn
        .history
        .iter()
        .flat_map(|message| all_words(&message.body.parts));
    estimated_tokens(turn.system_prompt.as_deref().into_iter().chain(said))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::mpsc;

    use super::*;

    fn text(text: &str) -> Part {
        Part::Text { text: text.into() }
    }

    fn thinking(words: &str, proof: Option<&str>) -> Part {
        Part::Thinking {
            thinking: words.into(),
            signature: proof.map(Into::into),
        }
    }

    #[tokio::test]
    async fn parts_follow_the_blocks_of_the_provider() {
        let (out, mut updates) = mpsc::channel(64);
        let mut answer = Answer::new(out);
        for delta in [
            Delta::NewPart,
            Delta::Thinking("a".into()),
            Delta::Thinking("b".into()),
            Delta::Proof("p".into()),
            Delta::Proof("q".into()),
            Delta::NewPart,
            Delta::Proof("silent".into()),
            Delta::NewPart,
            Delta::Text("x".into()),
            Delta::Text(String::new()),
            Delta::Text("y".into()),
            Delta::NewPart,
            Delta::Text("z".into()),
        ] {
            answer.apply(delta).await.unwrap();
        }
        assert_eq!(
            answer.parts,
            [
                thinking("ab", Some("pq")),
                thinking("", Some("silent")),
                text("xy"),
                text("z")
            ]
        );
        let mut said = Vec::new();
        while let Ok(update) = updates.try_recv() {
            said.push(update);
        }
        let think = |words: &str| RunUpdate::Thinking(words.into());
        let say = |words: &str| RunUpdate::Text(words.into());
        assert_eq!(
            said,
            [
                think("a"),
                think("b"),
                say("x"),
                RunUpdate::Progress,
                say("y"),
                say("z")
            ]
        );
    }

    #[tokio::test]
    async fn an_endless_answer_ends() {
        let (out, mut updates) = mpsc::channel(64);
        let mut answer = Answer::new(out);
        for _ in 0..4 {
            answer
                .apply(Delta::Text("x".repeat(MAX_ANSWER_BYTES / 4)))
                .await
                .unwrap();
            updates.recv().await.unwrap();
        }
        assert_eq!(
            answer.apply(Delta::Text("x".into())).await,
            Err(Fault::TooLarge)
        );
        drop(updates);
        assert_eq!(answer.progress(), Err(Fault::Gone));
    }

    #[tokio::test]
    async fn words_that_were_not_sent_are_not_in_the_answer() {
        let (out, _updates) = mpsc::channel(1);
        let mut answer = Answer::new(out);
        answer.apply(Delta::Text("sent".into())).await.unwrap();
        let blocked =
            tokio::time::timeout(Duration::ZERO, answer.apply(Delta::Text("not sent".into())));
        assert!(blocked.await.is_err());
        assert_eq!(answer.parts, [text("sent")]);
    }
}
