//! `system.run` and `system.run.prepare`. Two gates: the gateway says that somebody approved, and
//! the rules of this machine do not forbid it. What runs is what was approved, by its hash: argv,
//! directory, environment, program and script, looked at again just before (SECURITY T49).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_core::exec::{Cleared, Entry, Input, Policy, Subject, Verdict};
use tidegate_core::{Clock, IdGen};
use tidegate_exec::{ExecError, Executor, Finished, Outcome, Output, Request, Scripts, Stdin};
use tidegate_protocol::api::commands::system::{
    SystemRun, SystemRunParams, SystemRunPrepare, SystemRunPrepareParams, SystemRunPrepareResult,
    SystemRunResult,
};
use tidegate_protocol::value::Nullable;

use super::Rules;
use crate::call::Call;
use crate::failure::Failure;
use crate::limits::EVENT_OUTPUT_BYTES;
use crate::table::Serve;

/// Left of a call's time for ending its program, which has a second to end by itself, and for the
/// answer; never more than half of it.
const FOR_THE_ANSWER: Duration = Duration::from_millis(1_500);

/// Runs programs for the gateway.
pub(crate) struct Runs {
    pub(crate) executor: Arc<Executor>,
    pub(crate) rules: Arc<Rules>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdGen>,
}

#[async_trait]
impl Serve<SystemRunPrepare> for Runs {
    async fn serve(
        &self,
        params: SystemRunPrepareParams,
        _: &Call,
    ) -> Result<SystemRunPrepareResult, Failure> {
        let subject = self
            .look(params.command, params.cwd, params.env.unwrap_or_default())
            .await?;
        Ok(SystemRunPrepareResult {
            subject_hash: subject.hash().to_string(),
            subject: serde_json::to_value(&subject)
                .map_err(|why| Failure::unavailable(why.to_string()))?,
        })
    }
}

#[async_trait]
impl Serve<SystemRun> for Runs {
    // `rawCommand` is for people's eyes, and nothing here needs a permission for the screen.
    async fn serve(
        &self,
        params: SystemRunParams,
        call: &Call,
    ) -> Result<SystemRunResult, Failure> {
        let done = self.run(&params, call).await;
        tell(&params, call, &done).await;
        done.map(|finished| answer(&finished))
    }
}

impl Runs {
    async fn run(&self, params: &SystemRunParams, call: &Call) -> Result<Finished, Failure> {
        let environment = params.env.clone().unwrap_or_default();
        let subject = self
            .look(params.command.clone(), params.cwd.clone(), environment)
            .await?;
        if let Some(expected) = &params.subject_hash
            && *expected != subject.hash().to_string()
        {
            return Err(Failure::denied(
                "something is not as it was when it was approved",
            ));
        }
        let agent = params.agent_id.as_deref();
        let policy = self.rules.policy(agent)?;
        let (cleared, scripts) = admit(&policy, subject, params)?;
        if params.approval_decision.as_deref() == Some("allow-always") {
            self.remember(agent, cleared.subject());
        }
        let wanted = params
            .timeout_ms
            .filter(|wanted| *wanted > 0)
            .map_or(Duration::MAX, Duration::from_millis);
        let left = call.left();
        let deadline = wanted.min(left.saturating_sub(FOR_THE_ANSWER).max(left / 2));
        let run = self
            .executor
            .run(cleared, scripts, Stdin::None, deadline, &call.stop);
        let finished = run.await.map_err(not_started)?;
        match finished.outcome {
            Outcome::Stopped => Err(Failure::stopped()),
            _ => Ok(finished),
        }
    }

    async fn look(
        &self,
        argv: Vec<String>,
        cwd: Option<String>,
        environment: std::collections::BTreeMap<String, String>,
    ) -> Result<Subject, Failure> {
        let request = Request {
            argv,
            cwd,
            environment,
            input: Input::None,
        };
        let look = self.executor.look(request).await;
        look.map_err(|why| Failure::invalid(why.to_string()))
    }

    /// What is asked about every time is not remembered, and runs once all the same.
    fn remember(&self, agent: Option<&str>, subject: &Subject) {
        let Ok(entry) = Entry::remember(subject, self.ids.uuid(), self.clock.now_ms()) else {
            return;
        };
        if let Err(why) = self.rules.remember(agent, entry) {
            tracing::warn!(%why, "an execution that is allowed always was not noted");
        }
    }
}

/// Whether it runs, and from which bytes scripts are read.
fn admit(
    policy: &Policy,
    subject: Subject,
    params: &SystemRunParams,
) -> Result<(Cleared, Scripts), Failure> {
    let approved = params.approved == Some(true);
    let scripts = match policy.decide(&subject) {
        Verdict::Refuse(why) => return Err(Failure::denied(why)),
        Verdict::Ask(_) if !approved => return Err(Failure::denied("approval required")),
        Verdict::Ask(_) if params.subject_hash.is_none() => {
            return Err(Failure::denied(
                "the approval does not say what was approved (subjectHash)",
            ));
        }
        Verdict::Ask(_) => Scripts::Sealed,
        Verdict::Run if approved || policy.listed(&subject).is_ok() => Scripts::Sealed,
        Verdict::Run => Scripts::InPlace,
    };
    Ok((Cleared::decided(subject), scripts))
}

fn not_started(why: ExecError) -> Failure {
    match why {
        ExecError::Stopped | ExecError::Closing => Failure::stopped(),
        ExecError::Busy => Failure::busy(),
        ExecError::Changed(_) | ExecError::Flawed(_) => Failure::denied(why),
        _ => Failure::unavailable(why.to_string()),
    }
}

fn answer(finished: &Finished) -> SystemRunResult {
    let (exit_code, error) = match finished.outcome {
        Outcome::Exited(code) => (Some(i64::from(code)), None),
        Outcome::Signaled(signal) => (None, Some(format!("ended by signal {signal}"))),
        Outcome::TimedOut => (None, Some("its time was over".to_owned())),
        Outcome::Stopped => (None, Some("it was stopped".to_owned())),
        Outcome::Lost => (None, Some("it was lost".to_owned())),
    };
    SystemRunResult {
        exit_code: Nullable(exit_code),
        timed_out: finished.outcome == Outcome::TimedOut,
        success: finished.outcome == Outcome::Exited(0),
        stdout: finished.stdout.text(),
        stderr: finished.stderr.text(),
        error: Nullable(error),
    }
}

/// Tells how an approved run ended (V3 8.4). Nobody waits for it without a run's name.
async fn tell(params: &SystemRunParams, call: &Call, done: &Result<Finished, Failure>) {
    let Some(run_id) = &params.run_id else {
        return;
    };
    let (event, end) = match done {
        Ok(finished) => ("exec.finished", finished_words(finished)),
        Err(why) => ("exec.denied", json!({"reason": why.message})),
    };
    let mut payload = json!({
        "sessionKey": params.session_key.as_deref().unwrap_or_default(),
        "runId": run_id,
        "host": "node",
        "command": params.command.join(" "),
    });
    if let (Some(fields), Value::Object(end)) = (payload.as_object_mut(), end) {
        fields.extend(end);
    }
    call.gateway.event(event, payload).await;
}

fn finished_words(finished: &Finished) -> Value {
    let result = answer(finished);
    let tail = |output: &Output| {
        let bytes = output.last(EVENT_OUTPUT_BYTES / 2);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    json!({
        "exitCode": result.exit_code,
        "timedOut": result.timed_out,
        "success": result.success,
        "output": tail(&finished.stdout) + &tail(&finished.stderr),
    })
}
