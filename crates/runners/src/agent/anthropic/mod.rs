//! Anthropic's Messages.

mod request;
mod spoken;
mod stream;

pub(crate) use spoken::Anthropic;
