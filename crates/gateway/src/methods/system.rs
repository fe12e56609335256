//! `logs.tail` and `models.list`.

use tidegate_protocol::api::system::{
    LogsTail, LogsTailParams, LogsTailResult, ModelsList, ModelsListParams, ModelsListResult,
};
use tidegate_protocol::{ErrorCode, ErrorShape, Serve};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

/// Lines and bytes of a page when not told (V3 4).
const LINES: u32 = 500;
const BYTES: u32 = 250_000;

impl Serve<LogsTail> for Api {
    async fn serve(
        &self,
        _call: Call<LogsTail>,
        params: LogsTailParams,
    ) -> Result<LogsTailResult, ApiError> {
        let lines = params.limit.unwrap_or(LINES) as usize;
        let bytes = params.max_bytes.unwrap_or(BYTES) as usize;
        let read = self.0.config.log_tail.clone();
        let page = tokio::task::spawn_blocking(move || read(params.cursor, lines, bytes)).await;
        match page {
            Ok(Ok(page)) => Ok(page),
            Ok(Err(error)) => Err(ErrorShape::new(
                ErrorCode::Unavailable,
                format!("the log cannot be read: {error}"),
            )
            .into()),
            Err(_) => Err(ErrorShape::new(ErrorCode::Unavailable, "the log cannot be read").into()),
        }
    }
}

impl Serve<ModelsList> for Api {
    async fn serve(
        &self,
        _call: Call<ModelsList>,
        _params: ModelsListParams,
    ) -> Result<ModelsListResult, ApiError> {
        Ok(ModelsListResult {
            models: self.0.engine.models().await,
        })
    }
}
