//! The client against a small gateway made of tokio-tungstenite.

mod calls;
mod handshake;
mod runs;
mod server;
mod tls;
