//! `exec.approval.waitDecision` and `exec.approval.history`: how questions end, and have ended.

use tidegate_core::approval::{Approval, Ending};
use tidegate_engine::{asked, outcome};
use tidegate_protocol::api::approvals::{
    EXEC_APPROVAL_HISTORY_LIMIT, ExecApprovalEnded, ExecApprovalHistory, ExecApprovalHistoryParams,
    ExecApprovalHistoryResult, ExecApprovalRequestResult, ExecApprovalWaitDecision,
    ExecApprovalWaitDecisionParams,
};
use tidegate_protocol::{Nullable, Serve};

use super::approvals::{decided, unknown};
use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<ExecApprovalWaitDecision> for Api {
    async fn serve(
        &self,
        _call: Call<ExecApprovalWaitDecision>,
        params: ExecApprovalWaitDecisionParams,
    ) -> Result<ExecApprovalRequestResult, ApiError> {
        let approvals = self.0.engine.approvals();
        let ended = approvals.wait_for_end(params.id.trim()).await?;
        ended
            .map(decided)
            .ok_or_else(|| unknown("approval expired or not found"))
    }
}

impl Serve<ExecApprovalHistory> for Api {
    async fn serve(
        &self,
        _call: Call<ExecApprovalHistory>,
        params: ExecApprovalHistoryParams,
    ) -> Result<ExecApprovalHistoryResult, ApiError> {
        let most = params.limit.unwrap_or(EXEC_APPROVAL_HISTORY_LIMIT);
        let approvals = self.0.engine.approvals();
        let page = approvals
            .ended(params.before.as_deref(), most as usize)
            .await?;
        Ok(ExecApprovalHistoryResult {
            ended: page.ended.iter().filter_map(row).collect(),
            next_before: page.next_before,
        })
    }
}

fn row(approval: &Approval) -> Option<ExecApprovalEnded> {
    let Ending {
        outcome: how,
        by,
        at_ms,
    } = approval.ending.clone()?;
    Some(ExecApprovalEnded {
        asked: asked(approval),
        outcome: outcome(how),
        resolved_by: Nullable(by),
        ended_at_ms: at_ms,
        used_at_ms: approval.spent_at_ms,
    })
}
