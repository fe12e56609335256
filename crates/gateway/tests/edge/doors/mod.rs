//! The HTTP side of the port: who may knock, what answers, and how often one may guess.

mod guessing;
mod knocking;
mod routes;
mod tls;
