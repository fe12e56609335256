//! The commands of nodes, a file for each family: what a node is told, what it answers, and what
//! it could do in wrong hands. Params are closed: a word that nobody reads is refused before it
//! leaves. Results are open: a node of the family may say more.

pub mod browser;
pub mod camera;
pub mod canvas;
pub mod files;
pub mod location;
pub mod screen;
mod shapes;
pub mod sms;
pub mod system;

pub use shapes::{Done, Media, NoCommandParams};
