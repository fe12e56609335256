//! What goes out to chat networks: cutting, rates, sending, retry, and what is shown meanwhile.

mod ack;
mod attempt;
mod desk;
mod draft;
mod enclosures;
mod errand;
pub(crate) mod group;
mod letters;
mod notices;
mod old_letters;
mod parts;
mod post;
mod question;
mod rates;
#[cfg(test)]
mod sample;
mod sending;
mod sentence;
mod typing;
mod verdict;
mod worker;

pub use ack::{AckReaction, AckScope};
pub(crate) use desk::Desk;
pub use draft::Draft;
pub(crate) use enclosures::Turnstiles;
pub use group::shows_code;
pub use letters::{Letter, Lot, OutboxQuery};
pub(crate) use parts::{answer_parts, notice_parts, refusal_parts};
pub use post::{Said, SendTo, SentTo};
pub(crate) use question::Poster;
pub use sending::Sending;
pub use typing::Typing;
pub(crate) use worker::CLOSING_TIME;
