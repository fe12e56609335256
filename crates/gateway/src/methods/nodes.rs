//! `node.*` and `skills.bins`: operators list nodes and send them commands, nodes answer.

mod shown;

use std::time::Duration;

use serde_json::Value;
use tidegate_engine::{Happening, Heard, Invoke, Invoked, NodeAnswer};
use tidegate_protocol::api::canvas::NODE_CANVAS_ACTION;
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::api::nodes::{
    NodeDescribe, NodeDescribeParams, NodeDescribeResult, NodeEvent, NodeEventParams,
    NodeEventResult, NodeInvoke, NodeInvokeAnswer, NodeInvokeParams, NodeInvokeResult,
    NodeInvokeResultAck, NodeInvokeResultParams, NodeList, NodeListResult, NodePendingCancel,
    NodePendingCancelParams, NodePendingCancelResult, NodePendingList, NodePendingListParams,
    NodePendingListResult, NodeRename, NodeRenameParams, NodeRenameResult, SkillsBins,
    SkillsBinsResult,
};
use tidegate_protocol::{DeviceId, Method, Serve, command};
use tokio_util::sync::CancellationToken;

pub(super) use self::shown::{answered, refused};
use self::shown::{pending, row};
use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<NodeList> for Api {
    async fn serve(
        &self,
        _call: Call<NodeList>,
        _params: NoParams,
    ) -> Result<NodeListResult, ApiError> {
        let engine = &self.0.engine;
        let nodes = engine.nodes().list().await?;
        Ok(NodeListResult {
            ts: engine.now_ms(),
            nodes: nodes.into_iter().map(row).collect(),
        })
    }
}

impl Serve<NodeDescribe> for Api {
    async fn serve(
        &self,
        _call: Call<NodeDescribe>,
        params: NodeDescribeParams,
    ) -> Result<NodeDescribeResult, ApiError> {
        let engine = &self.0.engine;
        let view = engine.nodes().view(params.node_id.trim()).await?;
        let view = view.ok_or_else(|| ApiError::invalid("unknown nodeId"))?;
        Ok(NodeDescribeResult {
            ts: engine.now_ms(),
            node: row(view),
        })
    }
}

impl Serve<NodeRename> for Api {
    async fn serve(
        &self,
        call: Call<NodeRename>,
        params: NodeRenameParams,
    ) -> Result<NodeRenameResult, ApiError> {
        let NodeRenameParams {
            node_id,
            display_name,
        } = params;
        let nodes = self.0.engine.nodes();
        let renamed = nodes.rename(call.permit(), &node_id, &display_name);
        let display_name = renamed.await.map_err(|why| call.refused(why))?;
        Ok(NodeRenameResult {
            node_id,
            display_name,
        })
    }
}

impl Serve<NodeInvoke> for Api {
    /// Some commands need more than the right to send any.
    async fn serve(
        &self,
        call: Call<NodeInvoke>,
        params: NodeInvokeParams,
    ) -> Result<NodeInvokeResult, ApiError> {
        let specs = command::all();
        if let Some(spec) = specs.iter().find(|spec| spec.name == params.command) {
            call.needs(spec.scope)?;
        }
        let ask = Invoke {
            node: DeviceId::new(params.node_id.clone()),
            command: params.command.clone(),
            params: params.params,
            timeout: params
                .timeout_ms
                .filter(|ms| *ms > 0)
                .map(Duration::from_millis),
            once: call.once(&params.idempotency_key),
            queue: params.queue.unwrap_or(false),
            approved: None,
            cancel: CancellationToken::new(),
        };
        let invoked = self.0.engine.nodes().invoke(ask).await.map_err(refused)?;
        let (payload, payload_json, queued) = match invoked {
            Invoked::Waiting(call) => (Value::Null, None, Some(pending(*call))),
            Invoked::Ended(ending) => {
                let (payload, json) = answered(&params.command, &ending)?;
                (payload, json, None)
            }
        };
        Ok(NodeInvokeResult {
            ok: true,
            node_id: params.node_id,
            command: params.command,
            payload,
            payload_json: payload_json.into(),
            queued,
        })
    }
}

impl Serve<NodePendingList> for Api {
    async fn serve(
        &self,
        _call: Call<NodePendingList>,
        params: NodePendingListParams,
    ) -> Result<NodePendingListResult, ApiError> {
        let engine = &self.0.engine;
        let node = params.node_id.map(DeviceId::new);
        let waiting = engine.nodes().waiting(node.as_ref()).await?;
        Ok(NodePendingListResult {
            ts: engine.now_ms(),
            pending: waiting.into_iter().map(pending).collect(),
        })
    }
}

impl Serve<NodePendingCancel> for Api {
    async fn serve(
        &self,
        _call: Call<NodePendingCancel>,
        params: NodePendingCancelParams,
    ) -> Result<NodePendingCancelResult, ApiError> {
        let cancelled = self.0.engine.nodes().cancel_waiting(&params.id).await?;
        Ok(NodePendingCancelResult {
            ok: true,
            cancelled,
        })
    }
}

impl Serve<NodeInvokeAnswer> for Api {
    async fn serve(
        &self,
        call: Call<NodeInvokeAnswer>,
        params: NodeInvokeResultParams,
    ) -> Result<NodeInvokeResultAck, ApiError> {
        let node = own_device(&call)?;
        if params.node_id != node.as_str() {
            return Err(ApiError::invalid("nodeId mismatch"));
        }
        let failure = params.error.0.unwrap_or_default();
        let answer = NodeAnswer {
            id: params.id,
            ok: params.ok,
            payload: params.payload,
            payload_json: params.payload_json,
            failure: (failure.code, failure.message),
        };
        let nodes = self.0.engine.nodes();
        let taken = nodes.answer(call.connection(), node, answer);
        Ok(NodeInvokeResultAck {
            ok: true,
            ignored: (!taken).then_some(true),
        })
    }
}

impl Serve<NodeEvent> for Api {
    async fn serve(
        &self,
        call: Call<NodeEvent>,
        params: NodeEventParams,
    ) -> Result<NodeEventResult, ApiError> {
        let node = own_device(&call)?;
        let payload = match params.payload_json {
            Value::String(text) => tidegate_protocol::strict::parse(&text).unwrap_or_default(),
            Value::Null => params.payload,
            other => other,
        };
        if params.event == NODE_CANVAS_ACTION {
            self.act_on_node(&call, node, &payload).await?;
            return Ok(NodeEventResult { ok: true });
        }
        let what = Happening {
            event: params.event,
            payload,
        };
        let nodes = self.0.engine.nodes();
        match nodes.happened(call.connection(), node, what).await? {
            Heard::Nothing => {}
            Heard::Subscribe(session) => call.conn().follow(session),
            Heard::Unsubscribe(session) => call.conn().unfollow(&session),
        }
        Ok(NodeEventResult { ok: true })
    }
}

impl Serve<SkillsBins> for Api {
    /// This gateway has no skills yet, so none of them needs a program, and no node may run one
    /// for their sake.
    async fn serve(
        &self,
        _call: Call<SkillsBins>,
        _params: NoParams,
    ) -> Result<SkillsBinsResult, ApiError> {
        Ok(SkillsBinsResult::default())
    }
}

/// The device of a node that calls.
fn own_device<M: Method>(call: &Call<M>) -> Result<&DeviceId, ApiError> {
    let id = call.chain().caller().id.device();
    id.ok_or_else(|| ApiError::invalid("device identity required"))
}
