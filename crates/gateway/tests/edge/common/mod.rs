//! A gateway to test, and clients to test it with.

mod client;
mod device;
mod gateway;
mod http;
mod raw;
mod runner;

pub(crate) use client::{Client, FORWARDED, asks};
pub(crate) use device::{Device, Signature};
pub(crate) use gateway::{Edge, NOW_MS, Setup, TOKEN};
pub(crate) use http::{Answer, get, metric, request};
pub(crate) use raw::{BINARY, PING, Raw, TEXT, frame, head, upgrade_headers, upgrade_request};
pub(crate) use runner::{ScriptedRunner, Step};

use std::time::Duration;

/// What takes longer hangs.
const TOO_LONG: Duration = Duration::from_secs(20);

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

/// Lets every task go on until all of them wait, as far as that can be seen: sockets of this host
/// deliver at once, so that some rounds of the scheduler bring everything to its end.
pub(crate) async fn settle() {
    for _ in 0..256 {
        tokio::task::yield_now().await;
    }
}
