//! Listening for gateways for a while.

use std::collections::BTreeSet;
use std::time::Duration;

use mdns_sd::{Receiver, ServiceDaemon, ServiceEvent};
use tokio::time::{Instant, timeout_at};

use super::Hint;
use super::hint::SERVICES;

/// Gateways that are listed; whoever floods the network hides others, and memory is bounded.
const MOST: usize = 64;

/// Everybody who says within this time that there is a gateway.
///
/// # Errors
/// The network cannot be listened to.
pub(crate) async fn browse(time: Duration) -> Result<BTreeSet<Hint>, mdns_sd::Error> {
    let daemon = ServiceDaemon::new()?;
    let until = Instant::now() + time;
    let [newer, older] = SERVICES;
    let answers = tokio::join!(
        listen(daemon.browse(newer)?, until),
        listen(daemon.browse(older)?, until)
    );
    let _ = daemon.shutdown();
    Ok(answers.0.union(&answers.1).take(MOST).cloned().collect())
}

async fn listen(events: Receiver<ServiceEvent>, until: Instant) -> BTreeSet<Hint> {
    let mut found = BTreeSet::new();
    while let Ok(Ok(event)) = timeout_at(until, events.recv_async()).await {
        if let ServiceEvent::ServiceResolved(service) = event
            && found.len() < MOST
        {
            found.insert(Hint::of(&service));
        }
    }
    found
}
