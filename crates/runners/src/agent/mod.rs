//! Providers of answers.

mod answer;
mod anthropic;
mod ask;
mod calls;
mod catalog;
mod circuit;
mod dialect;
mod error;
mod failure;
mod history;
pub mod http;
pub mod offline;
mod openai;
mod pictures;
mod provider;
mod retry;
mod rounds;
pub mod settings;
mod sse;

#[cfg(test)]
mod fixtures;
