//! A gateway to test, and clients to test it with.

mod client;
mod device;
mod gateway;
mod http;
mod network;
mod raw;
mod runner;

pub(crate) use client::{Client, FORWARDED, asks};
pub(crate) use device::{Device, Signature};
pub(crate) use gateway::{Edge, NOW_MS, Setup, TOKEN};
pub(crate) use http::{Answer, get, metric, post, request};
pub(crate) use network::{Outcome, Paper, WEBHOOK_SECRET, networks};
pub(crate) use raw::{BINARY, PING, Raw, TEXT, frame, head, upgrade_headers, upgrade_request};
pub(crate) use runner::{ScriptedRunner, Step};

use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::net::UdpSocket;

/// What takes longer hangs.
const TOO_LONG: Duration = Duration::from_secs(20);

/// From a client to the gateway, to another client, and back, twice.
const HOPS: usize = 6;
/// Turns of the scheduler between two hops.
const ROUNDS: usize = 32;

/// The result, or the end of the test.
pub(crate) async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(TOO_LONG, work).await;
    done.unwrap_or_else(|_| panic!("the test hangs: {what}"))
}

/// Lets so much time pass at once, for everything that waits on the clock of this runtime. Sockets
/// go on as before.
pub(crate) async fn jump(time: Duration) {
    settle().await;
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
    settle().await;
}

/// Lets every task go on until all of them wait, as far as that can be seen: some hops from
/// socket to socket, each after what was sent before it has arrived.
pub(crate) async fn settle() {
    for _ in 0..HOPS {
        for _ in 0..ROUNDS {
            tokio::task::yield_now().await;
        }
        arrived().await;
    }
}

/// The loopback device delivers in order: when a datagram sent now is here, so is everything that
/// was sent before it.
async fn arrived() {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    socket
        .send_to(&[0], socket.local_addr().unwrap())
        .await
        .unwrap();
    in_time("a datagram", socket.recv(&mut [0])).await.unwrap();
}
