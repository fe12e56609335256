//! `config.get` and `config.schema`; the composer of the binary knows the answers.

use tidegate_protocol::api::config::{
    ConfigGet, ConfigGetResult, ConfigSchema, ConfigSchemaResult,
};
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::{ErrorCode, ErrorShape, Serve};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<ConfigGet> for Api {
    async fn serve(
        &self,
        _call: Call<ConfigGet>,
        _params: NoParams,
    ) -> Result<ConfigGetResult, ApiError> {
        let read = std::sync::Arc::clone(&self.0.config.read_config);
        let answer = tokio::task::spawn_blocking(move || read()).await;
        answer.map_err(|_| {
            ErrorShape::new(ErrorCode::Unavailable, "the configuration cannot be read").into()
        })
    }
}

impl Serve<ConfigSchema> for Api {
    async fn serve(
        &self,
        _call: Call<ConfigSchema>,
        _params: NoParams,
    ) -> Result<ConfigSchemaResult, ApiError> {
        Ok((self.0.config.read_schema)())
    }
}
