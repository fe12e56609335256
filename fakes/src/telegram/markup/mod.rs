//! Markup of texts: entities, and the two dialects that become them. The rules and the words of
//! errors are those of the vendor's own server; its published test cases are our tests.

mod character;
mod entity;
mod found;
mod html;
mod link;
mod markdown;
mod parse;
mod written;

pub use entity::Entity;
pub(super) use entity::units;
pub(super) use found::find;
pub(super) use parse::{Parsed, parse};
