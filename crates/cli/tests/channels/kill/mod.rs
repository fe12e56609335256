//! kill -9 at every commit of a message's life, on every network. A life is lived once against the
//! real daemon, which notes every commit that it passes; then once for each of them, on a daemon
//! that kills itself right there, and is started again. Whatever happens, SECURITY's I1 to I4 hold:
//! what the network was told that we have is answered or the sender is told; nothing is there twice
//! unless it says so; order is kept.

mod after;
mod lived;
mod networks;
mod points;
