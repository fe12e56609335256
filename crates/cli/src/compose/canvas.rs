//! Canvases, from the configuration.

use std::path::PathBuf;
use std::sync::Arc;

use tidegate_core::canvas::Canvas;
use tidegate_core::tool::Tool;
use tidegate_core::{Clock, Events, IdGen};
use tidegate_gateway::{CanvasConfig, CanvasHost};
use tidegate_runners::tools::CanvasTool;

use crate::config::Loaded;
use crate::config::canvas_root::canvas_root;
use crate::config::env::Environment;

/// What agents write and show them with.
pub(super) fn tool(canvas: &Arc<CanvasHost>) -> Arc<dyn Tool> {
    Arc::new(CanvasTool::new(Arc::clone(canvas) as Arc<dyn Canvas>))
}

/// The folder of canvases.
pub(super) fn root(loaded: &Loaded) -> PathBuf {
    canvas_root(
        &loaded.config,
        &Environment::of_process(),
        &loaded.state_dir,
    )
}

/// The canvases; `None` if they are off.
pub(super) fn canvas(
    loaded: &Loaded,
    events: Events,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGen>,
) -> Option<Arc<CanvasHost>> {
    let config = &loaded.config.canvas_host;
    let settings = CanvasConfig {
        root: root(loaded),
        live_reload: config.live_reload,
    };
    config
        .enabled
        .then(|| Arc::new(CanvasHost::new(settings, events, clock, ids)))
}
