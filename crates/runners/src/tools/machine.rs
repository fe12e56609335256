//! The tools that every agent of this program is given.

use std::sync::Arc;

use tidegate_core::tool::Tool;
use tidegate_exec::{Executor, Processes};

use super::{ExecTool, NodesTool, ProcessTool};

/// The tools for machines: `exec`, `process`, `nodes`.
pub fn machine_tools(executor: &Arc<Executor>, processes: &Arc<Processes>) -> Vec<Arc<dyn Tool>> {
    vec![
        Arc::new(ExecTool::new(Arc::clone(executor), Arc::clone(processes))),
        Arc::new(ProcessTool::new(Arc::clone(processes))),
        Arc::new(NodesTool),
    ]
}
