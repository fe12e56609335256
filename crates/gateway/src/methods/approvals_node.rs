//! `exec.approvals.node.*`: the rules that a node keeps, asked of the node.

use serde_json::{Value, json};
use tidegate_core::run::Once;
use tidegate_engine::{Invoke, Invoked};
use tidegate_protocol::api::approvals::{
    ExecApprovalsNodeGet, ExecApprovalsNodeGetParams, ExecApprovalsNodeSet,
    ExecApprovalsNodeSetParams,
};
use tidegate_protocol::api::commands::system::{
    SystemExecApprovalsGet, SystemExecApprovalsResult, SystemExecApprovalsSet,
};
use tidegate_protocol::{Command, DeviceId, ErrorCode, ErrorShape, Method, Serve};
use tokio_util::sync::CancellationToken;

use super::nodes::{answered, refused};
use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<ExecApprovalsNodeGet> for Api {
    async fn serve(
        &self,
        call: Call<ExecApprovalsNodeGet>,
        params: ExecApprovalsNodeGetParams,
    ) -> Result<SystemExecApprovalsResult, ApiError> {
        let command = SystemExecApprovalsGet::SPEC.name;
        ask(self, &call, params.node_id, command, json!({})).await
    }
}

impl Serve<ExecApprovalsNodeSet> for Api {
    async fn serve(
        &self,
        call: Call<ExecApprovalsNodeSet>,
        params: ExecApprovalsNodeSetParams,
    ) -> Result<SystemExecApprovalsResult, ApiError> {
        let mut rules = json!({ "file": params.file });
        if let (Some(hash), Value::Object(fields)) = (params.base_hash, &mut rules) {
            fields.insert("baseHash".to_owned(), hash.into());
        }
        let command = SystemExecApprovalsSet::SPEC.name;
        ask(self, &call, params.node_id, command, rules).await
    }
}

/// Sends the node one command, each time anew.
async fn ask<M: Method>(
    api: &Api,
    call: &Call<M>,
    node: DeviceId,
    command: &str,
    params: Value,
) -> Result<SystemExecApprovalsResult, ApiError> {
    let engine = &api.0.engine;
    let once = Once {
        principal: call.permit().caller().id.storage_key(),
        method: M::SPEC.name,
        key: engine.ids().uuid(),
        params_hash: String::new(),
    };
    let invoke = Invoke {
        node,
        command: command.to_owned(),
        params,
        timeout: None,
        once,
        queue: false,
        approved: None,
        cancel: CancellationToken::new(),
    };
    let Invoked::Ended(ending) = engine.nodes().invoke(invoke).await.map_err(refused)? else {
        return Err(unreadable());
    };
    let (payload, _) = answered(command, &ending)?;
    serde_json::from_value(payload).map_err(|_| unreadable())
}

fn unreadable() -> ApiError {
    ErrorShape::new(
        ErrorCode::Unavailable,
        "the node did not answer with its rules",
    )
    .into()
}
