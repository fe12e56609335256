//! Canvases, from the configuration.

use std::sync::Arc;

use tidegate_core::canvas::Canvas;
use tidegate_core::tool::Tool;
use tidegate_core::{Events, IdGen};
use tidegate_gateway::{CanvasConfig, CanvasHost};
use tidegate_runners::tools::CanvasTool;

use crate::config::Loaded;
use crate::config::env::Environment;

/// The folder of canvases in the state directory.
const FOLDER: &str = "canvas";

/// What agents write and show them with.
pub(super) fn tool(canvas: &Arc<CanvasHost>) -> Arc<dyn Tool> {
    Arc::new(CanvasTool::new(Arc::clone(canvas) as Arc<dyn Canvas>))
}

/// The canvases; `None` if they are off.
pub(super) fn canvas(
    loaded: &Loaded,
    events: Events,
    ids: Arc<dyn IdGen>,
) -> Option<Arc<CanvasHost>> {
    let config = &loaded.config.canvas_host;
    let environment = Environment::of_process();
    let root = config
        .root
        .as_deref()
        .and_then(|root| environment.rooted(root));
    let settings = CanvasConfig {
        root: root.unwrap_or_else(|| loaded.state_dir.join(FOLDER)),
        live_reload: config.live_reload,
    };
    config
        .enabled
        .then(|| Arc::new(CanvasHost::new(settings, events, ids)))
}
