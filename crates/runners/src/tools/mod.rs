//! What a built-in agent can do on machines. Each tool asks at the [`Doors`](tidegate_core::tool::Doors)
//! of its call before anything happens; none has a right of its own.

mod arguments;
mod canvas;
mod exec;
mod machine;
mod nodes;
mod process;
mod report;
mod request;

pub use canvas::CanvasTool;
pub use exec::ExecTool;
pub use machine::machine_tools;
pub use nodes::NodesTool;
pub use process::ProcessTool;
