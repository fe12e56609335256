//! REST, and the types that it shares with the gateway. Types are lenient: a field that we can do
//! without may be missing, and one that we do not know is not looked at.

mod answer;
mod client;
mod error;
mod gate;
mod interaction;
mod message;
mod outgoing;
mod place;
mod route;

pub(super) use client::Api;
pub(super) use error::{CallError, Refusal};
pub(super) use interaction::{Interaction, InteractionData, InteractionOption};
pub(super) use message::{File, Member, Message, Poll, ReactionChange, Snapshot, User};
pub(super) use outgoing::{
    Answers, AppCommand, AppOption, Callback, CallbackData, Component, FileNote, Mentions, NewPoll,
    OpenDirect, Outgoing, Reference, Words,
};
pub(super) use place::{Application, ChannelObject, GatewayBot, Guild, ThreadList};
pub(super) use route::Route;
