//! `device.*`: from params to values of the engine, and back.

mod setup_code;
mod shown;

use tidegate_core::ScopeSet;
use tidegate_engine::{UpgradeOutcome, Waiting};
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::api::devices::{
    DevicePairApprove, DevicePairApproveResult, DevicePairList, DevicePairListResult,
    DevicePairReject, DevicePairRejectResult, DevicePairRemove, DevicePairRemoveParams,
    DevicePairRemoveResult, DevicePairRename, DevicePairRenameParams, DevicePairRenameResult,
    DeviceScopesRequestUpgrade, DeviceScopesWaitUpgrade, DeviceTokenRevoke,
    DeviceTokenRevokeParams, DeviceTokenRevokeResult, DeviceTokenRotate, DeviceTokenRotateParams,
    DeviceTokenRotateResult, DeviceTrustSet, DeviceTrustSetParams, DeviceTrustSetResult,
    DeviceUpgradeOutcome, DeviceUpgradeParams, DeviceUpgradeResult, PairRequestParams,
    UpgradeStatus,
};
use tidegate_protocol::{DeviceId, Method, Role, Serve};

use self::shown::{level, paired, trust};
use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

/// The device that asks, if a device asks.
fn own<M: Method>(call: &Call<M>) -> Option<&DeviceId> {
    call.permit().caller().id.device()
}

impl Serve<DevicePairList> for Api {
    async fn serve(
        &self,
        call: Call<DevicePairList>,
        _params: NoParams,
    ) -> Result<DevicePairListResult, ApiError> {
        let devices = self.0.engine.devices().await?;
        let own = own(&call);
        Ok(DevicePairListResult {
            pending: devices.waiting.iter().map(Waiting::told).collect(),
            paired: devices
                .paired
                .into_iter()
                .map(|(device, connected)| paired(device, connected, own))
                .collect(),
        })
    }
}

impl Serve<DevicePairApprove> for Api {
    async fn serve(
        &self,
        call: Call<DevicePairApprove>,
        params: PairRequestParams,
    ) -> Result<DevicePairApproveResult, ApiError> {
        let engine = &self.0.engine;
        let approved = engine.approve_device(call.permit(), &params.request_id);
        let device = approved.await.map_err(|why| call.refused(why))?;
        let connected = engine.is_connected(&device);
        Ok(DevicePairApproveResult {
            request_id: params.request_id,
            device: paired(device, connected, own(&call)),
        })
    }
}

impl Serve<DevicePairReject> for Api {
    async fn serve(
        &self,
        call: Call<DevicePairReject>,
        params: PairRequestParams,
    ) -> Result<DevicePairRejectResult, ApiError> {
        let engine = &self.0.engine;
        let request = engine
            .reject_device(call.permit(), &params.request_id)
            .await?;
        Ok(DevicePairRejectResult {
            request_id: request.request_id,
            device_id: request.device_id,
        })
    }
}

impl Serve<DevicePairRemove> for Api {
    async fn serve(
        &self,
        call: Call<DevicePairRemove>,
        params: DevicePairRemoveParams,
    ) -> Result<DevicePairRemoveResult, ApiError> {
        let _answered_first = call.answered_first();
        let engine = &self.0.engine;
        let removed = engine.remove_device(call.permit(), &params.device_id);
        let removed_at_ms = removed.await.map_err(|why| call.refused(why))?;
        Ok(DevicePairRemoveResult {
            device_id: params.device_id,
            removed_at_ms,
        })
    }
}

impl Serve<DevicePairRename> for Api {
    async fn serve(
        &self,
        call: Call<DevicePairRename>,
        params: DevicePairRenameParams,
    ) -> Result<DevicePairRenameResult, ApiError> {
        let engine = &self.0.engine;
        let renamed = engine.rename_device(call.permit(), &params.device_id, &params.label);
        let label = renamed.await.map_err(|why| call.refused(why))?;
        Ok(DevicePairRenameResult {
            device_id: params.device_id,
            label,
        })
    }
}

impl Serve<DeviceTokenRotate> for Api {
    async fn serve(
        &self,
        call: Call<DeviceTokenRotate>,
        params: DeviceTokenRotateParams,
    ) -> Result<DeviceTokenRotateResult, ApiError> {
        let scopes = params.scopes.as_deref().map(known_scopes).transpose()?;
        let _answered_first = call.answered_first();
        let engine = &self.0.engine;
        let rotated = engine.rotate_token(call.permit(), &params.device_id, params.role, scopes);
        let rotated = rotated.await.map_err(|why| call.refused(why))?;
        Ok(DeviceTokenRotateResult {
            device_id: params.device_id,
            role: params.role,
            token: rotated.token.expose().clone(),
            scopes: rotated.scopes.words(),
            rotated_at_ms: rotated.at_ms,
            expires_at_ms: rotated.expires_at_ms,
        })
    }
}

/// A misspelt scope must not quietly make a token worth less than was meant.
fn known_scopes(words: &[String]) -> Result<ScopeSet, ApiError> {
    let known = |word: &&String| tidegate_protocol::Scope::parse(word).is_some();
    if words.iter().all(|word| known(&word)) {
        return Ok(ScopeSet::parse(words.iter().map(String::as_str)));
    }
    Err(ApiError::invalid("unknown scope"))
}

impl Serve<DeviceTokenRevoke> for Api {
    async fn serve(
        &self,
        call: Call<DeviceTokenRevoke>,
        params: DeviceTokenRevokeParams,
    ) -> Result<DeviceTokenRevokeResult, ApiError> {
        let _answered_first = call.answered_first();
        let engine = &self.0.engine;
        let revoked = engine.revoke_token(call.permit(), &params.device_id, params.role);
        let revoked_at_ms = revoked.await.map_err(|why| call.refused(why))?;
        Ok(DeviceTokenRevokeResult {
            device_id: params.device_id,
            role: params.role,
            revoked_at_ms,
        })
    }
}

impl Serve<DeviceTrustSet> for Api {
    async fn serve(
        &self,
        call: Call<DeviceTrustSet>,
        params: DeviceTrustSetParams,
    ) -> Result<DeviceTrustSetResult, ApiError> {
        let engine = &self.0.engine;
        let to = trust(params.trust);
        let change = engine
            .set_trust(call.permit(), &params.device_id, to)
            .await?;
        Ok(DeviceTrustSetResult {
            device_id: params.device_id,
            from: level(change.from),
            trust: level(change.to),
            changed_at_ms: change.at_ms,
        })
    }
}

impl Serve<DeviceScopesRequestUpgrade> for Api {
    async fn serve(
        &self,
        call: Call<DeviceScopesRequestUpgrade>,
        params: DeviceUpgradeParams,
    ) -> Result<DeviceUpgradeResult, ApiError> {
        let role = params.role.unwrap_or(Role::Operator);
        let scopes: ScopeSet = params.scopes.into_iter().collect();
        // An operator without scopes may do nothing, and a node has none.
        if scopes.is_empty() == (role == Role::Operator) {
            return Err(ApiError::invalid(
                "ask for scopes as an operator, for none as a node",
            ));
        }
        let engine = &self.0.engine;
        let caller = call.permit().caller();
        let upgrade = engine.request_upgrade(caller, role, scopes).await?;
        Ok(DeviceUpgradeResult {
            request_id: upgrade.request_id,
            expires_at_ms: upgrade.expires_at_ms,
        })
    }
}

impl Serve<DeviceScopesWaitUpgrade> for Api {
    async fn serve(
        &self,
        call: Call<DeviceScopesWaitUpgrade>,
        params: PairRequestParams,
    ) -> Result<DeviceUpgradeOutcome, ApiError> {
        let engine = &self.0.engine;
        let outcome = engine
            .wait_upgrade(call.permit(), &params.request_id)
            .await?;
        let ended = |status| DeviceUpgradeOutcome {
            status,
            request_id: params.request_id.clone(),
            device_token: None,
            scopes: None,
        };
        Ok(match outcome {
            UpgradeOutcome::Approved { token, scopes } => DeviceUpgradeOutcome {
                device_token: Some(token.expose().clone()),
                scopes: Some(scopes.words()),
                ..ended(UpgradeStatus::Approved)
            },
            UpgradeOutcome::Rejected => ended(UpgradeStatus::Rejected),
            UpgradeOutcome::Expired => ended(UpgradeStatus::Expired),
        })
    }
}
