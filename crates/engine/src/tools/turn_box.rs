//! The tools of one turn: a round is stored, carried out call by call, and each result is stored before
//! the next call begins.

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use serde_json::Value;
use tidegate_core::agents::Agent;
use tidegate_core::tool::{
    CALLS_MAX, Round, RoundLost, Tool, ToolBox, ToolCall, ToolOutcome, ToolProgress, ToolSpec,
};
use tidegate_core::transcript::{NewMessage, Speaker, StopReason, ToolCallPart, ToolResultPart};
use tidegate_protocol::{AgentId, RunId};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::doors::EngineDoors;
use super::news::ToolNews;
use crate::live::LiveRun;

/// Least time between two updates of one call.
const UPDATE_EVERY: Duration = Duration::from_millis(250);

/// See the module.
pub(super) struct TurnBox {
    doors: Arc<EngineDoors>,
    run_id: RunId,
    agent: AgentId,
    home: Option<PathBuf>,
    live: Arc<LiveRun>,
    specs: Vec<ToolSpec>,
    tools: Vec<Arc<dyn Tool>>,
    told: mpsc::Sender<ToolNews>,
}

impl std::fmt::Debug for TurnBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.specs.iter().map(|spec| spec.name).collect();
        f.debug_struct("TurnBox")
            .field("tools", &names)
            .finish_non_exhaustive()
    }
}

impl TurnBox {
    pub(super) fn new(
        doors: EngineDoors,
        run_id: RunId,
        agent: &Agent,
        live: &Arc<LiveRun>,
        tools: &[Arc<dyn Tool>],
        told: mpsc::Sender<ToolNews>,
    ) -> Self {
        Self {
            doors: Arc::new(doors),
            run_id,
            agent: agent.id.clone(),
            home: agent
                .workspace
                .as_ref()
                .map(|workspace| workspace.dir().to_owned()),
            live: Arc::clone(live),
            specs: tools.iter().map(|tool| tool.spec()).collect(),
            tools: tools.to_vec(),
            told,
        }
    }

    fn asked(&self, round: Round) -> NewMessage {
        let inner = self.doors.engine.inner();
        NewMessage {
            id: inner.ids.uuid(),
            speaker: Speaker::Assistant,
            parts: round.parts,
            at_ms: self.doors.engine.now_ms(),
            run_id: Some(self.run_id.clone()),
            maker: Some(round.maker),
            usage: Some(round.usage),
            stop: Some(StopReason::ToolUse),
            error: None,
        }
    }

    async fn store(&self, message: &NewMessage) -> Result<(), RoundLost> {
        let inner = self.doors.engine.inner();
        match inner.runs.go_on(&self.run_id, message.clone()).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(RoundLost::Stopped),
            Err(error) => {
                tracing::error!(run_id = %self.run_id, error = %error, "a round of tools was not stored");
                Err(RoundLost::NotStored(
                    "the gateway could not store what the agent does, so it was stopped; see its log"
                        .to_owned(),
                ))
            }
        }
    }

    async fn tell(&self, news: ToolNews) {
        // Nobody listens any more when the turn is over.
        let _ = self.told.send(news).await;
    }

    /// Carries one call out; whatever happens, there is an outcome.
    async fn outcome(
        &self,
        call: &ToolCallPart,
        nth: usize,
        stop: &CancellationToken,
    ) -> ToolOutcome {
        if stop.is_cancelled() {
            return ToolOutcome::error("It was not carried out: the run was stopped.");
        }
        if let Err(why) = self.doors.still_open().await {
            return ToolOutcome::error(format!("It was not carried out: {why}."));
        }
        if nth >= CALLS_MAX {
            return ToolOutcome::error(format!(
                "It was not carried out: at most {CALLS_MAX} calls are taken at once."
            ));
        }
        let Value::Object(arguments) = &call.arguments else {
            return ToolOutcome::error("The arguments are no JSON object. Nothing was done.");
        };
        let Some(tool) = self.tools.iter().find(|tool| tool.spec().name == call.name) else {
            let names: Vec<_> = self.specs.iter().map(|spec| spec.name).collect();
            return ToolOutcome::error(format!(
                "There is no tool of this name. There are: {}.",
                names.join(", ")
            ));
        };
        let (progress, has) = ToolProgress::watched();
        let ask = ToolCall {
            id: call.id.clone(),
            run_id: Some(self.run_id.clone()),
            session_key: self.live.session_key(),
            agent: self.agent.clone(),
            home: self.home.clone(),
            arguments: arguments.clone(),
            stop: stop.clone(),
            progress,
            doors: Arc::clone(&self.doors) as _,
        };
        self.tell(ToolNews::Began(call.clone())).await;
        let work = AssertUnwindSafe(tool.call(ask)).catch_unwind();
        let ended = tokio::select! {
            ended = work => ended,
            never = self.tell_progress(call, has) => match never {},
        };
        ended.unwrap_or_else(|_| {
            tracing::error!(run_id = %self.run_id, tool = call.name, "a tool panicked");
            ToolOutcome::error("An internal error ended the call; it is in the gateway's log.")
        })
    }

    /// Tells what a call has so far, for as long as it works.
    async fn tell_progress(
        &self,
        call: &ToolCallPart,
        mut has: watch::Receiver<String>,
    ) -> std::convert::Infallible {
        while has.changed().await.is_ok() {
            let so_far = has.borrow_and_update().clone();
            self.tell(ToolNews::Has(call.clone(), so_far)).await;
            tokio::time::sleep(UPDATE_EVERY).await;
        }
        std::future::pending().await
    }
}

#[async_trait]
impl ToolBox for TurnBox {
    fn specs(&self) -> &[ToolSpec] {
        &self.specs
    }

    async fn carry_out(
        &self,
        round: Round,
        stop: CancellationToken,
    ) -> Result<Vec<NewMessage>, RoundLost> {
        let asked = self.asked(round);
        let calls: Vec<ToolCallPart> = asked.tool_calls().cloned().collect();
        self.store(&asked).await?;
        self.live.progress().round_stored();
        let mut added = vec![asked];
        let _at_work = self.live.pauses.work();
        for (nth, call) in calls.iter().enumerate() {
            let began = tokio::time::Instant::now();
            let outcome = self.outcome(call, nth, &stop).await;
            let result = ToolResultPart::of(call, outcome);
            let ms = began.elapsed().as_millis();
            tracing::info!(run_id = %self.run_id, tool = call.name, failed = result.is_error, ms, "tool");
            let id = self.doors.engine.inner().ids.uuid();
            let at_ms = self.doors.engine.now_ms();
            let message = NewMessage::tool_result(id, result.clone(), at_ms, self.run_id.clone());
            self.store(&message).await?;
            self.tell(ToolNews::Ended(result)).await;
            added.push(message);
        }
        if stop.is_cancelled() {
            return Err(RoundLost::Stopped);
        }
        Ok(added)
    }
}
