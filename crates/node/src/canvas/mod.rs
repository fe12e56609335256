//! `canvas.*`: one page in a Chromium without a window.
//!
//! The browser is driven over two named pipes in a private folder, never over a port: every user of
//! this machine could open a port (DevTools has no password). What a page loads is judged before it
//! is asked for ([`allowed`]). What people do on a page of the agent goes to the gateway ([`hands`]).

mod a2ui;
mod allowed;
mod answering;
mod browser;
mod cdp;
mod commands;
mod hands;
mod page;
mod pipes;
mod surface;

pub(crate) use browser::Chromium;
pub(crate) use surface::Canvas;
