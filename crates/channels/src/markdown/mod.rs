//! Our Markdown on its way to a network: read once for all of them, and written for those that need
//! every mark in another form.

#[cfg(feature = "pages")]
mod dialect;
#[cfg(feature = "pages")]
mod page;
mod read;
mod table;
#[cfg(feature = "pages")]
mod writer;

#[cfg(feature = "pages")]
pub(crate) use dialect::Dialect;
#[cfg(feature = "pages")]
pub(crate) use page::Page;
pub(crate) use read::read;
pub(crate) use table::{Strokes, Table};
#[cfg(feature = "pages")]
pub(crate) use writer::write;
