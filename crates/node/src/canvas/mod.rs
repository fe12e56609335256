//! `canvas.*`: one page in a Chromium without a window.
//!
//! The browser is driven over two named pipes in a private folder, never over a port: every user of
//! this machine could open a port (DevTools has no password). What a page loads is judged before it
//! is asked for ([`allowed`]). Nobody sits here to press anything, so what a page says in its
//! user's name is never passed on.

mod a2ui;
mod allowed;
mod browser;
mod cdp;
mod commands;
mod page;
mod pipes;
mod surface;

pub(crate) use browser::Chromium;
pub(crate) use surface::Canvas;
