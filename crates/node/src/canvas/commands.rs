//! The commands of the canvas.

use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_protocol::api::commands::canvas::{
    CanvasA2uiPush, CanvasA2uiPushJsonl, CanvasA2uiPushJsonlParams, CanvasA2uiPushParams,
    CanvasA2uiReset, CanvasEval, CanvasEvalParams, CanvasEvalResult, CanvasHide, CanvasNavigate,
    CanvasNavigateParams, CanvasPresent, CanvasPresentParams, CanvasSnapshot, CanvasSnapshotParams,
};
use tidegate_protocol::api::commands::{Done, Media, NoCommandParams};

use super::a2ui::lines;
use super::page::Page;
use super::surface::Canvas;
use crate::call::Call;
use crate::failure::Failure;
use crate::table::Serve;

/// Quality of a JPEG that names none.
const QUALITY_DEFAULT: f64 = 0.9;

const DONE: Done = Done { ok: Some(true) };

#[async_trait]
impl Serve<CanvasPresent> for Canvas {
    // There is one screen and no window, so of a placement only the size counts.
    async fn serve(&self, params: CanvasPresentParams, call: &Call) -> Result<Done, Failure> {
        let mut surface = self.surface().await;
        if let Some(placement) = params.placement {
            surface.place(placement.width, placement.height).await?;
        }
        match params.url {
            Some(url) => self.lead(&mut surface, &url, call).await?,
            None => self.show(&mut surface, call).await?,
        }
        Ok(DONE)
    }
}

#[async_trait]
impl Serve<CanvasHide> for Canvas {
    async fn serve(&self, _: NoCommandParams, _: &Call) -> Result<Done, Failure> {
        self.surface().await.hide();
        Ok(DONE)
    }
}

#[async_trait]
impl Serve<CanvasNavigate> for Canvas {
    async fn serve(&self, params: CanvasNavigateParams, call: &Call) -> Result<Done, Failure> {
        let mut surface = self.surface().await;
        self.lead(&mut surface, &params.url, call).await?;
        Ok(DONE)
    }
}

#[async_trait]
impl Serve<CanvasEval> for Canvas {
    async fn serve(
        &self,
        params: CanvasEvalParams,
        call: &Call,
    ) -> Result<CanvasEvalResult, Failure> {
        let expression = params.java_script.or(params.js);
        let expression = expression.filter(|text| !text.trim().is_empty());
        let expression =
            expression.ok_or_else(|| Failure::invalid("javaScript: something to evaluate"))?;
        let surface = self.surface().await;
        let result = surface.page()?.eval(&expression, call.left()).await?;
        Ok(CanvasEvalResult { result })
    }
}

#[async_trait]
impl Serve<CanvasSnapshot> for Canvas {
    async fn serve(&self, params: CanvasSnapshotParams, _: &Call) -> Result<Media, Failure> {
        let (format, engine) = match params.format.as_deref() {
            None | Some("png") => ("png", "png"),
            Some("jpg" | "jpeg") => ("jpeg", "jpeg"),
            Some(_) => return Err(Failure::invalid("format: png, jpg or jpeg")),
        };
        let surface = self.surface().await;
        let page = surface.page()?;
        let (width, height) = window(page).await?;
        let most = params.max_width.map_or(width, f64::from);
        let scale = (most / width).min(1.0);
        let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": scale});
        let ask = if engine == "jpeg" {
            let quality = params.quality.unwrap_or(QUALITY_DEFAULT).clamp(0.0, 1.0);
            json!({"format": engine, "clip": clip, "quality": whole(quality * 100.0)})
        } else {
            json!({"format": engine, "clip": clip})
        };
        let answer = page.ask("Page.captureScreenshot", ask).await?;
        let base64 = answer.get("data").and_then(Value::as_str);
        Ok(Media {
            format: format.to_owned(),
            base64: base64
                .ok_or_else(|| Failure::unavailable("the browser gave no picture"))?
                .to_owned(),
            width: Some(whole(width * scale)),
            height: Some(whole(height * scale)),
            duration_ms: None,
            fps: None,
            screen_index: None,
            has_audio: None,
        })
    }
}

#[async_trait]
impl Serve<CanvasA2uiPush> for Canvas {
    async fn serve(&self, params: CanvasA2uiPushParams, call: &Call) -> Result<Done, Failure> {
        let mut surface = self.surface().await;
        self.draw(&mut surface, params.messages, call).await?;
        Ok(DONE)
    }
}

#[async_trait]
impl Serve<CanvasA2uiPushJsonl> for Canvas {
    async fn serve(&self, params: CanvasA2uiPushJsonlParams, call: &Call) -> Result<Done, Failure> {
        let batch = lines(&params.jsonl)?;
        let mut surface = self.surface().await;
        self.draw(&mut surface, batch, call).await?;
        Ok(DONE)
    }
}

#[async_trait]
impl Serve<CanvasA2uiReset> for Canvas {
    async fn serve(&self, _: NoCommandParams, call: &Call) -> Result<Done, Failure> {
        let mut surface = self.surface().await;
        surface.clear(call.left()).await?;
        Ok(DONE)
    }
}

/// The size of what is seen, in points.
async fn window(page: &Page) -> Result<(f64, f64), Failure> {
    let metrics = page.ask("Page.getLayoutMetrics", json!({})).await?;
    let seen = metrics.get("cssVisualViewport");
    let side = |name: &str| {
        let side = seen?.get(name)?.as_f64()?;
        (side >= 1.0).then_some(side)
    };
    match (side("clientWidth"), side("clientHeight")) {
        (Some(width), Some(height)) => Ok((width, height)),
        _ => Err(Failure::unavailable("the page has no size")),
    }
}

fn whole(side: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast to an integer stays within its bounds"
    )]
    let whole = side.round() as u32;
    whole
}
