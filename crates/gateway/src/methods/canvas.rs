//! `canvas.*`, and a node's fresh address.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_core::SessionKey;
use tidegate_core::canvas::{Canvas as _, CanvasError, CanvasView};
use tidegate_protocol::api::canvas::{
    CanvasCapabilityRefresh, CanvasCapabilityResult, CanvasDone, CanvasOpen, CanvasOpenParams,
    CanvasOpenResult, CanvasParams, CanvasPresent, CanvasPresenter, CanvasPush, CanvasPushParams,
    CanvasPushResult, CanvasReset, CanvasState, CanvasStateResult, CanvasViewParams,
    PluginSurfaceParams, PluginSurfaceRefresh, PluginSurfaceResult,
};
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::{ErrorCode, ErrorShape, Serve};

use crate::canvas::{Address, CANVAS, CanvasHost, Holder, OURS, Span, Window, node_address};
use crate::error::{ApiError, chain};
use crate::hub::Conn;
use crate::rpc::call::{Api, Call};

/// When to try again after the disk failed, in milliseconds.
const DISK_RETRY_MS: u64 = 5_000;

impl Api {
    pub(super) fn canvas(&self) -> Result<&Arc<CanvasHost>, ApiError> {
        self.0.config.canvas.as_ref().ok_or_else(off)
    }

    /// An address for a connection. One that left meanwhile gets none: nobody would end it.
    fn address(&self, conn: &Conn, session: SessionKey, keep: bool) -> Result<Address, ApiError> {
        let canvas = self.canvas()?;
        let holder = Holder::of(conn, OURS, self.0.config.tls.is_some());
        let (span, window) = if keep {
            (Span::Kept, Window::Own)
        } else {
            (Span::Connection, Window::Framed)
        };
        let address = canvas.give(&holder, session, span, window);
        self.still_here(conn, address)
    }

    fn node_address(&self, conn: &Conn) -> Result<Address, ApiError> {
        let address = node_address(&self.0, conn).ok_or_else(off)?;
        self.still_here(conn, address)
    }

    fn still_here(&self, conn: &Conn, address: Address) -> Result<Address, ApiError> {
        if self.0.hub.is_here(&conn.id) {
            return Ok(address);
        }
        self.canvas()?.forget(&conn.id);
        Err(ErrorShape::new(ErrorCode::Unavailable, "the connection is gone").into())
    }
}

fn off() -> ApiError {
    ErrorShape {
        retryable: Some(false),
        ..ErrorShape::new(
            ErrorCode::Unavailable,
            "the canvas host is off: set canvasHost.enabled in the gateway's configuration",
        )
    }
    .into()
}

impl From<CanvasError> for ApiError {
    fn from(error: CanvasError) -> Self {
        match &error {
            CanvasError::Disk(_) => {
                tracing::error!(error = chain(&error), "canvas");
                ErrorShape::busy(
                    "the canvas's folder failed; see the gateway's log",
                    DISK_RETRY_MS,
                )
                .into()
            }
            told => Self::invalid(told.to_string()),
        }
    }
}

fn view(word: Option<&str>) -> CanvasView {
    word.and_then(CanvasView::parse).unwrap_or(CanvasView::Page)
}

impl Serve<CanvasState> for Api {
    async fn serve(
        &self,
        _call: Call<CanvasState>,
        params: CanvasParams,
    ) -> Result<CanvasStateResult, ApiError> {
        let session = self.0.engine.session_key(&params.session_key)?;
        let canvas = self.canvas()?;
        Ok(CanvasStateResult {
            page: canvas.has_page(&session).await?,
            messages: canvas.messages(&session),
            session_key: session.to_string(),
        })
    }
}

impl Serve<CanvasOpen> for Api {
    async fn serve(
        &self,
        call: Call<CanvasOpen>,
        params: CanvasOpenParams,
    ) -> Result<CanvasOpenResult, ApiError> {
        let session = self.0.engine.session_key(&params.session_key)?;
        let shown = match view(params.view.as_deref()) {
            CanvasView::Page => "canvas",
            CanvasView::Surfaces => "a2ui",
        };
        let folder = self.canvas()?.folder(&session);
        let address = self.address(call.conn(), session, params.keep == Some(true))?;
        Ok(CanvasOpenResult {
            url: format!("{}/{shown}/", address.url),
            path: format!("{}/{shown}/", address.path),
            expires_at_ms: address.expires_at_ms,
            folder: call.may_administer().then(|| folder.display().to_string()),
        })
    }
}

impl Serve<CanvasPresent> for Api {
    async fn serve(
        &self,
        _call: Call<CanvasPresent>,
        params: CanvasViewParams,
    ) -> Result<CanvasDone, ApiError> {
        let session = self.0.engine.answered_key(&params.session_key)?;
        self.canvas()?
            .present(
                &session,
                view(params.view.as_deref()),
                CanvasPresenter::Operator,
            )
            .await?;
        Ok(CanvasDone { ok: true })
    }
}

impl Serve<CanvasPush> for Api {
    async fn serve(
        &self,
        _call: Call<CanvasPush>,
        params: CanvasPushParams,
    ) -> Result<CanvasPushResult, ApiError> {
        let session = self.0.engine.answered_key(&params.session_key)?;
        let surfaces = self.canvas()?.push(&session, params.messages).await?;
        Ok(CanvasPushResult { surfaces })
    }
}

impl Serve<CanvasReset> for Api {
    async fn serve(
        &self,
        _call: Call<CanvasReset>,
        params: CanvasParams,
    ) -> Result<CanvasDone, ApiError> {
        let session = self.0.engine.answered_key(&params.session_key)?;
        self.canvas()?.reset(&session).await;
        Ok(CanvasDone { ok: true })
    }
}

impl Serve<PluginSurfaceRefresh> for Api {
    async fn serve(
        &self,
        call: Call<PluginSurfaceRefresh>,
        params: PluginSurfaceParams,
    ) -> Result<PluginSurfaceResult, ApiError> {
        if params.surface != CANVAS {
            return Err(ApiError::invalid(format!(
                "unknown surface: \"{}\"; there is \"{CANVAS}\"",
                params.surface
            )));
        }
        let address = self.node_address(call.conn())?;
        Ok(PluginSurfaceResult {
            plugin_surface_urls: BTreeMap::from([(params.surface.clone(), address.url)]),
            surface: params.surface,
            expires_at_ms: address.expires_at_ms,
        })
    }
}

impl Serve<CanvasCapabilityRefresh> for Api {
    async fn serve(
        &self,
        call: Call<CanvasCapabilityRefresh>,
        _params: NoParams,
    ) -> Result<CanvasCapabilityResult, ApiError> {
        let address = self.node_address(call.conn())?;
        Ok(CanvasCapabilityResult {
            canvas_capability: address.token,
            canvas_capability_expires_at_ms: address.expires_at_ms,
            canvas_host_url: address.url,
        })
    }
}
