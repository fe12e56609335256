//! Slack's wire: calls of the Web API, and what arrives by Socket Mode or the Events API. Types are
//! lenient: a field that we can do without may be missing, and one that we do not know is not
//! looked at.

mod client;
mod envelope;
mod error;
mod event;
mod interaction;
mod outgoing;

pub(super) use client::Api;
pub(super) use envelope::{Ack, Frame};
pub(super) use error::{CallError, Refusal};
pub(super) use event::{Attachment, Callback, Event, File, Message, Reaction};
pub(super) use interaction::{Command, Interaction};
pub(super) use outgoing::{
    Changed, Completed, Finish, History, Me, Metadata, Named, Opened, Past, Person, Posted,
    Posting, Reacting, Reserved, Room, Span,
};
