//! What people see: views, tables, errors. Colour and motion only on a terminal.

mod agents;
mod approvals;
mod channels;
mod devices;
mod failure;
mod health;
mod log_line;
mod method_help;
mod node_commands;
mod nodes;
mod outbox;
mod pairing;
mod params;
mod qr;
mod questions;
mod same_way;
mod screen;
mod sessions;
mod status;
mod table;
mod text;
mod trace;
mod units;
mod wait;

#[cfg(test)]
mod channel_tests;
#[cfg(test)]
mod tests;

pub(crate) use agents::{AgentLine, agents};
pub(crate) use approvals::{allowlist, ended, one_command, waiting_command};
pub(crate) use channels::{channel_probes, channels};
#[cfg(test)]
pub(crate) use devices::pending_sample;
pub(crate) use devices::{devices, request, trust_word};
pub(crate) use failure::{Failure, report};
pub(crate) use health::health;
pub(crate) use log_line::log_line;
pub(crate) use method_help::{method_help, method_list, nearest_methods};
pub(crate) use node_commands::{node_command, node_commands};
pub(crate) use nodes::{node, nodes, waiting_for_nodes};
pub(crate) use outbox::outbox;
pub(crate) use pairing::{pairing_requests, senders};
pub(crate) use qr::qr;
pub(crate) use questions::{ended_questions, question_line, questions, questions_head};
pub(crate) use screen::{Paint, Screen};
pub(crate) use sessions::sessions;
pub(crate) use status::{Reached, status};
pub(crate) use table::{Align, Column, pairs, table};
pub(crate) use text::{ID_SHOWN, beginning, clean, one_line};
pub(crate) use trace::trace;
pub(crate) use units::{age, bytes, clock_time, count, duration, lasting, time_of_day};
pub(crate) use wait::{Waiting, with_spinner};
