//! `node.pair.*`: the January list of paired names.

use tidegate_core::Secret;
use tidegate_core::store::{NodeNameplate, PairedName};
use tidegate_protocol::Serve;
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::api::node_pairing::{
    NodePairApprove, NodePairApproveResult, NodePairDecideParams, NodePairList, NodePairListResult,
    NodePairReject, NodePairRejectResult, NodePairRequest, NodePairRequestParams,
    NodePairRequestResult, NodePairVerify, NodePairVerifyParams, NodePairVerifyResult, NodePaired,
};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<NodePairRequest> for Api {
    async fn serve(
        &self,
        _call: Call<NodePairRequest>,
        params: NodePairRequestParams,
    ) -> Result<NodePairRequestResult, ApiError> {
        let plate = NodeNameplate {
            display_name: params.display_name,
            platform: params.platform,
            version: params.version,
        };
        let nodes = self.0.engine.nodes();
        let (request, created) = nodes.ask_pairing(params.node_id, plate).await?;
        Ok(NodePairRequestResult {
            status: "pending".into(),
            request,
            created,
        })
    }
}

impl Serve<NodePairList> for Api {
    async fn serve(
        &self,
        _call: Call<NodePairList>,
        _params: NoParams,
    ) -> Result<NodePairListResult, ApiError> {
        let (pending, paired) = self.0.engine.nodes().pairings().await?;
        Ok(NodePairListResult {
            pending,
            paired: paired.into_iter().map(|name| shown(name, None)).collect(),
        })
    }
}

impl Serve<NodePairApprove> for Api {
    async fn serve(
        &self,
        _call: Call<NodePairApprove>,
        params: NodePairDecideParams,
    ) -> Result<NodePairApproveResult, ApiError> {
        let nodes = self.0.engine.nodes();
        let (name, token) = nodes.approve_pairing(&params.request_id).await?;
        Ok(NodePairApproveResult {
            request_id: params.request_id,
            node: shown(name, Some(&token)),
        })
    }
}

impl Serve<NodePairReject> for Api {
    async fn serve(
        &self,
        _call: Call<NodePairReject>,
        params: NodePairDecideParams,
    ) -> Result<NodePairRejectResult, ApiError> {
        let nodes = self.0.engine.nodes();
        let node_id = nodes.reject_pairing(&params.request_id).await?;
        Ok(NodePairRejectResult {
            request_id: params.request_id,
            node_id,
        })
    }
}

impl Serve<NodePairVerify> for Api {
    async fn serve(
        &self,
        _call: Call<NodePairVerify>,
        params: NodePairVerifyParams,
    ) -> Result<NodePairVerifyResult, ApiError> {
        let nodes = self.0.engine.nodes();
        let found = nodes.verify_pairing(&params.node_id, &params.token).await?;
        Ok(NodePairVerifyResult {
            ok: found.is_some(),
            node: found.map(|name| shown(name, None)),
        })
    }
}

fn shown(name: PairedName, token: Option<&Secret<String>>) -> NodePaired {
    NodePaired {
        node_id: name.node_id,
        token: token.map(|token| token.expose().clone()),
        display_name: name.plate.display_name,
        platform: name.plate.platform,
        version: name.plate.version,
        created_at_ms: name.created_at_ms,
        approved_at_ms: name.approved_at_ms,
    }
}
