//! The canvas host: pages that an agent makes, shown on an origin that can do nothing.
//!
//! The way of a request: `serve` checks Host and Origin, `address` reads the path, `capability` says
//! whose canvas it opens, `jail` reads the file, `headers` ties it down. `easel` is what agents write
//! through; `surfaces` keeps A2UI for pages that come later; `watch` and `reload` tell pages of
//! changes.

mod address;
mod assets;
mod bridge;
mod capability;
mod disk;
mod easel;
mod folder;
mod headers;
mod holder;
mod host;
mod jail;
mod kinds;
mod leash;
mod message;
mod node;
mod origin;
mod reload;
mod seats;
mod serve;
mod show;
mod surfaces;
mod watch;

pub(crate) use address::is_ours;
pub(crate) use capability::Span;
pub(crate) use holder::{Address, Holder, Window};
pub use host::{CanvasConfig, CanvasHost};
pub(crate) use node::{CANVAS, node_address, node_comes};
pub(crate) use origin::OURS;
pub(crate) use serve::{Door, answer};
