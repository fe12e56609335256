//! One task looks at every connection once a second: no timer per connection. It ends the ones
//! that take nothing, that never finish a message, and that are dead without having said so.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tidegate_protocol::ConnId;
use tidegate_protocol::close::SLOW_CONSUMER;
use tidegate_protocol::limits::{MESSAGE_MS, SLOW_MESSAGE_BYTES_PER_S, WRITE_STALL_MS};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::hub::Conn;
use crate::state::Shared;

const EVERY: Duration = Duration::from_secs(1);
/// A peer that was silent for this long is asked for a sign of life.
const PING_AFTER: Duration = Duration::from_secs(25);
/// Still silent: it is dead. Twice the ping and a margin (SECURITY F05).
const DEAD_AFTER: Duration = Duration::from_secs(55);

/// What was last seen of a connection.
struct Seen {
    sent: u64,
    sent_at: Instant,
    received: u64,
    received_at: Instant,
    unfinished_since: Option<Instant>,
    pinged: bool,
}

/// What to do about a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Fine,
    Ping,
    End(&'static str),
}

pub(crate) async fn keep(shared: Arc<Shared>, stop: CancellationToken) {
    let mut seen: HashMap<ConnId, Seen> = HashMap::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let everyone = shared.hub.everyone();
        let now = Instant::now();
        let mut still = HashMap::with_capacity(everyone.len());
        for conn in everyone.iter() {
            let mut known = seen
                .remove(&conn.id)
                .unwrap_or_else(|| Seen::new(conn, now));
            match known.look(conn, now) {
                Verdict::Fine => {}
                Verdict::Ping => conn.outbox.push_ping(),
                Verdict::End(why) => conn.end(why),
            }
            still.insert(conn.id.clone(), known);
        }
        seen = still;
    }
}

impl Seen {
    fn new(conn: &Conn, now: Instant) -> Self {
        Self {
            sent: conn.gauges.sent_bytes.load(Relaxed),
            sent_at: now,
            received: conn.gauges.received_bytes.load(Relaxed),
            received_at: now,
            unfinished_since: None,
            pinged: false,
        }
    }

    fn look(&mut self, conn: &Conn, now: Instant) -> Verdict {
        let gauges = &conn.gauges;
        let sent = gauges.sent_bytes.load(Relaxed);
        if sent != self.sent || !gauges.write_blocked.load(Relaxed) {
            self.sent = sent;
            self.sent_at = now;
        }
        // A connection that is not read because its replies wait is not silent, it is slow; its
        // silence begins when it is read again.
        let reading = !gauges.write_blocked.load(Relaxed);
        let received = gauges.received_bytes.load(Relaxed);
        if received != self.received || !reading {
            self.received = received;
            self.received_at = now;
            self.pinged = false;
        }
        let unfinished = gauges.unfinished_bytes.load(Relaxed);
        self.unfinished_since = if unfinished == 0 || !reading {
            None
        } else {
            self.unfinished_since.or(Some(now))
        };
        if now.duration_since(self.sent_at) >= Duration::from_millis(WRITE_STALL_MS) {
            return Verdict::End(SLOW_CONSUMER);
        }
        let allowed =
            Duration::from_millis(MESSAGE_MS + unfinished * 1000 / SLOW_MESSAGE_BYTES_PER_S);
        if self
            .unfinished_since
            .is_some_and(|since| now.duration_since(since) > allowed)
        {
            return Verdict::End("message took too long");
        }
        let silent = now.duration_since(self.received_at);
        if silent >= DEAD_AFTER {
            return Verdict::End("no sign of life");
        }
        if silent >= PING_AFTER && !self.pinged {
            self.pinged = true;
            return Verdict::Ping;
        }
        Verdict::Fine
    }
}
