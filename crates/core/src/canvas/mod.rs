//! The canvas: pages that an agent makes for the people of a session, and the port to whoever keeps
//! and shows them.

mod path;
mod port;

pub use path::{BadCanvasPath, CanvasPath};
pub use port::{Canvas, CanvasError, CanvasFile, CanvasView, OnNode};
