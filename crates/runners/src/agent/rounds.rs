//! One run: the model speaks, its tools work, it speaks again, until it has answered.

use std::collections::HashSet;

use tidegate_core::run::FailureKind;
use tidegate_core::runner::{RunOutcome, RunSender, RunUpdate, RunnerError, Turn};
use tidegate_core::tool::{ROUNDS_MAX, Round, RoundLost};
use tidegate_core::transcript::{Message, NewMessage, Part, StopReason};
use tokio_util::sync::CancellationToken;

use super::dialect::Dialect;
use super::provider::Provider;

impl<D: Dialect> Provider<D> {
    /// Speaks until the model waits for nothing any more. Each round is stored by the turn's tools
    /// before the model is asked again.
    pub(crate) async fn speak_in_rounds(
        &self,
        mut turn: Turn,
        out: RunSender,
        stop: CancellationToken,
    ) -> Result<RunOutcome, RunnerError> {
        let mut ids = HashSet::new();
        for nth in 1..=ROUNDS_MAX {
            let mut outcome = self.speak(&turn, out.clone(), &stop).await?;
            name_apart(&mut outcome.parts, &mut ids, nth);
            if outcome.stop != StopReason::ToolUse {
                return Ok(outcome);
            }
            let stopped = RunOutcome {
                parts: Vec::new(),
                stop: StopReason::Aborted,
                ..outcome.clone()
            };
            if out.send(RunUpdate::Round).await.is_err() {
                return Ok(stopped);
            }
            let round = Round {
                parts: outcome.parts,
                usage: outcome.usage,
                maker: outcome.maker,
            };
            match turn.tools.carry_out(round, stop.clone()).await {
                Ok(messages) => remember(&mut turn.history, messages),
                Err(RoundLost::Stopped) => return Ok(stopped),
                Err(RoundLost::NotStored(why)) => return Err(failure(why)),
            }
        }
        let why = format!(
            "the model used its tools {ROUNDS_MAX} times without an answer, so the run was ended. \
             What it did is in the conversation; say how to go on"
        );
        Err(failure(why))
    }
}

/// Gives each call an id of its own in the run: some servers begin anew in each answer.
fn name_apart(parts: &mut [Part], ids: &mut HashSet<String>, nth: usize) {
    for part in parts {
        if let Part::ToolCall(call) = part
            && !ids.insert(call.id.clone())
        {
            call.id = format!("{}-{nth}", call.id);
            ids.insert(call.id.clone());
        }
    }
}

/// What was said in a round belongs to the conversation from now on.
fn remember(history: &mut Vec<Message>, messages: Vec<NewMessage>) {
    let last = history.last().map_or(0, |message| message.seq);
    let numbered = messages.into_iter().zip(last + 1..);
    history.extend(numbered.map(|(body, seq)| Message { seq, body }));
}

const fn failure(message: String) -> RunnerError {
    RunnerError {
        kind: FailureKind::Unknown,
        message,
        retry_after_ms: None,
    }
}
