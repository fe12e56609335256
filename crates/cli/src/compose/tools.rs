//! What the agents can do on this machine and through it.

use std::path::PathBuf;
use std::sync::Arc;

use tidegate_core::exec::Place;
use tidegate_core::tool::Tool;
use tidegate_core::{Clock, IdGen};
use tidegate_exec::{Executor, Fence, Processes, WardenCommand};
use tidegate_runners::tools::machine_tools;

/// The tools, and what must end with the gateway.
pub(super) struct Tools {
    pub(super) list: Vec<Arc<dyn Tool>>,
    executor: Arc<Executor>,
}

impl Tools {
    /// Programs of an agent without a folder of its own begin in `home`; all are kept within the fence.
    pub(super) fn new(
        home: PathBuf,
        fence: Option<Fence>,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn IdGen>,
    ) -> Self {
        let executor = Executor::new(Place::Gateway, home, warden(), Arc::clone(ids));
        let executor = Arc::new(executor.with_fence(fence));
        let processes = Processes::new(Arc::clone(&executor), Arc::clone(clock), Arc::clone(ids));
        Self {
            list: machine_tools(&executor, &Arc::new(processes)),
            executor,
        }
    }

    /// Ends every program that still runs, and waits until it has ended.
    pub(super) async fn close(&self) {
        self.executor.close().await;
    }
}

/// This very binary stands over each program: see `main`.
#[cfg(target_os = "linux")]
fn warden() -> WardenCommand {
    WardenCommand::this_binary()
}

/// Elsewhere nothing can be run exactly as it was looked at; the executor says so.
#[cfg(not(target_os = "linux"))]
fn warden() -> WardenCommand {
    WardenCommand {
        program: PathBuf::new(),
        arguments: Vec::new(),
    }
}
