//! `exec.approval.*` and `exec.approvals.*`.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_core::approval::{Approval, Outcome, Words};
use tidegate_core::exec::{ApprovalsFile, Decision};
use tidegate_engine::{ClientQuestion, RulesView, Unapproved, asked, outcome};
use tidegate_protocol::api::approvals::{
    ExecApprovalGet, ExecApprovalGetParams, ExecApprovalGetResult, ExecApprovalList,
    ExecApprovalListParams, ExecApprovalListResult, ExecApprovalRequest, ExecApprovalRequestAck,
    ExecApprovalRequestParams, ExecApprovalRequestResult, ExecApprovalResolve,
    ExecApprovalResolveParams, ExecApprovalResolveResult, ExecApprovalsFile, ExecApprovalsGet,
    ExecApprovalsGetParams, ExecApprovalsSet, ExecApprovalsSetParams, ExecApprovalsSnapshot,
};
use tidegate_protocol::{AgentId, ErrorShape, Nullable, Serve};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

/// When to ask again if too many questions wait, in milliseconds.
const FULL_RETRY_MS: u64 = 5_000;

impl Serve<ExecApprovalsGet> for Api {
    async fn serve(
        &self,
        _call: Call<ExecApprovalsGet>,
        _params: ExecApprovalsGetParams,
    ) -> Result<ExecApprovalsSnapshot, ApiError> {
        let rules = self.0.engine.approvals().rules().await?;
        snapshot(self, &rules)
    }
}

impl Serve<ExecApprovalsSet> for Api {
    async fn serve(
        &self,
        _call: Call<ExecApprovalsSet>,
        params: ExecApprovalsSetParams,
    ) -> Result<ExecApprovalsSnapshot, ApiError> {
        let file = rules_of(&params.file)?;
        let base = params.base_hash.as_deref();
        let rules = self.0.engine.approvals().set_rules(file, base).await?;
        snapshot(self, &rules)
    }
}

impl Serve<ExecApprovalRequest> for Api {
    async fn serve(
        &self,
        call: Call<ExecApprovalRequest>,
        params: ExecApprovalRequestParams,
    ) -> Result<ExecApprovalRequestResult, ApiError> {
        let two_phase = params.two_phase == Some(true);
        let question = question(params)?;
        let waiting = self
            .0
            .engine
            .approvals()
            .ask_for_client(question, call.permit().caller(), call.connection())
            .await
            .map_err(refused)?;
        if two_phase {
            call.ack(&ExecApprovalRequestAck {
                status: "accepted".to_owned(),
                id: waiting.approval.id.clone(),
                created_at_ms: waiting.approval.asked_at_ms,
                expires_at_ms: waiting.approval.expires_at_ms,
            });
        }
        let ended = waiting.answer().await.map_err(refused)?;
        Ok(decided(ended))
    }
}

impl Serve<ExecApprovalResolve> for Api {
    async fn serve(
        &self,
        call: Call<ExecApprovalResolve>,
        params: ExecApprovalResolveParams,
    ) -> Result<ExecApprovalResolveResult, ApiError> {
        let decision = decision(&params.decision)?;
        let approvals = self.0.engine.approvals();
        approvals
            .resolve(call.permit(), Some(call.connection()), &params.id, decision)
            .await?;
        Ok(ExecApprovalResolveResult { ok: true })
    }
}

impl Serve<ExecApprovalList> for Api {
    async fn serve(
        &self,
        _call: Call<ExecApprovalList>,
        _params: ExecApprovalListParams,
    ) -> Result<ExecApprovalListResult, ApiError> {
        let open = self.0.engine.approvals().open().await?;
        Ok(ExecApprovalListResult(open.iter().map(asked).collect()))
    }
}

impl Serve<ExecApprovalGet> for Api {
    async fn serve(
        &self,
        _call: Call<ExecApprovalGet>,
        params: ExecApprovalGetParams,
    ) -> Result<ExecApprovalGetResult, ApiError> {
        let found = self.0.engine.approvals().find(&params.id).await?;
        found.map(row).ok_or_else(|| unknown("unknown approval id"))
    }
}

/// What whoever waited for a decision is told; what nobody decided has none.
pub(super) fn decided(ended: Approval) -> ExecApprovalRequestResult {
    let outcome = ended.ending.map(|ending| ending.outcome);
    let decision = outcome.filter(|outcome| outcome.decision().is_some());
    ExecApprovalRequestResult {
        decision: Nullable(decision.map(|outcome| outcome.as_str().to_owned())),
        id: ended.id,
        created_at_ms: ended.asked_at_ms,
        expires_at_ms: ended.expires_at_ms,
    }
}

fn row(approval: Approval) -> ExecApprovalGetResult {
    let told = asked(&approval);
    let ending = approval.ending;
    let request = &told.request;
    ExecApprovalGetResult {
        command_text: request.command.clone(),
        allowed_decisions: request.allowed_decisions.clone(),
        host: request.host.clone(),
        node_id: Nullable(request.node_id.clone()),
        agent_id: request.agent_id.clone(),
        outcome: Nullable(ending.as_ref().map(|ending| outcome(ending.outcome))),
        resolved_by: Nullable(ending.and_then(|ending| ending.by)),
        asked: told,
    }
}

/// A command in words. What a node would run exactly counts more than words about it.
fn question(params: ExecApprovalRequestParams) -> Result<ClientQuestion, ApiError> {
    let text = |value: Option<Nullable<String>>| value.and_then(|value| value.0);
    let plan = params.system_run_plan;
    let (plan_argv, plan_cwd) = plan.map_or((None, None), |plan| (Some(plan.argv), plan.cwd.0));
    let argv = plan_argv.or(params.command_argv);
    let command = match (&argv, params.command) {
        // Never words that may say something else than the arguments (SECURITY T49).
        (Some(argv), _) => argv.join(" "),
        (None, Some(command)) => command,
        (None, None) => return Err(ApiError::invalid("command is required")),
    };
    Ok(ClientQuestion {
        id: params.id,
        words: Words {
            command,
            argv,
            cwd: plan_cwd.or_else(|| text(params.cwd)),
            environment: params.env.unwrap_or_default(),
            host: text(params.host),
            node_id: text(params.node_id),
            security: text(params.security),
            ask: text(params.ask),
            resolved_path: text(params.resolved_path),
        },
        agent: text(params.agent_id).map(AgentId::new),
        session_key: text(params.session_key),
        timeout: params.timeout_ms.map(Duration::from_millis),
    })
}

fn decision(word: &str) -> Result<Decision, ApiError> {
    let decided = Outcome::parse(word).and_then(Outcome::decision);
    decided.ok_or_else(|| ApiError::invalid("invalid decision"))
}

/// There is no such question, in the words of the method.
pub(super) fn unknown(words: &str) -> ApiError {
    ErrorShape::invalid(words)
        .with_details(json!({ "code": "APPROVAL_NOT_FOUND" }))
        .into()
}

fn refused(why: Unapproved) -> ApiError {
    match why {
        Unapproved::Failed(error) => error.into(),
        Unapproved::Full => ErrorShape::busy(why.to_string(), FULL_RETRY_MS).into(),
        other => ApiError::invalid(other.to_string()),
    }
}

fn rules_of(file: &ExecApprovalsFile) -> Result<ApprovalsFile, ApiError> {
    let read = |file| serde_json::from_value(serde_json::to_value(file)?);
    read(file).map_err(|error: serde_json::Error| {
        ApiError::invalid(format!("invalid exec approvals: {error}"))
    })
}

fn snapshot(api: &Api, rules: &RulesView) -> Result<ExecApprovalsSnapshot, ApiError> {
    let read = |file: Value| serde_json::from_value::<ExecApprovalsFile>(file);
    let file = serde_json::to_value(&rules.file).and_then(read);
    let file = file.map_err(|error| {
        tracing::error!(error = %error, "the rules for commands could not be told");
        ErrorShape::busy("the gateway's store failed; see its log", FULL_RETRY_MS)
    })?;
    Ok(ExecApprovalsSnapshot {
        path: api.0.engine.facts().sessions_path.clone(),
        exists: rules.exists,
        hash: rules.hash.clone(),
        file,
    })
}
