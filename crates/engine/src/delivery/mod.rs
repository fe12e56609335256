//! What goes out to chat networks: cutting, rates, sending, retry, and what is shown meanwhile.

mod ack;
mod attempt;
mod desk;
mod draft;
mod enclosures;
mod letters;
mod notices;
mod parts;
mod post;
mod rates;
mod typing;
mod verdict;
mod worker;

pub use ack::{AckReaction, AckScope};
pub(crate) use desk::Desks;
pub use draft::Draft;
pub(crate) use enclosures::Turnstiles;
pub use letters::{Lot, OutboxQuery};
pub(crate) use parts::{answer_parts, expiry_from, notice_parts};
pub use post::{Said, SendTo, Sending, SentTo};
pub use typing::Typing;
pub(crate) use worker::CLOSING_TIME;
