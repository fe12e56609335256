//! `connect` after the handshake, and one-time codes.

use tidegate_protocol::Serve;
use tidegate_protocol::api::connect::{
    Connect, ConnectParams, DashboardLink, DashboardLinkResult, HelloOk, NoParams,
};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<Connect> for Api {
    /// The gate refuses it before; this is what would be said otherwise.
    async fn serve(
        &self,
        _call: Call<Connect>,
        _params: ConnectParams,
    ) -> Result<HelloOk, ApiError> {
        Err(ApiError::invalid(
            "connect is only valid as the first request",
        ))
    }
}

impl Serve<DashboardLink> for Api {
    async fn serve(
        &self,
        _call: Call<DashboardLink>,
        _params: NoParams,
    ) -> Result<DashboardLinkResult, ApiError> {
        let (code, expires_at_ms) = self.0.engine.one_time_code();
        Ok(DashboardLinkResult {
            code: code.expose().clone(),
            expires_at_ms,
        })
    }
}
