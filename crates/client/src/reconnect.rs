//! Going on over lost connections. A request is repeated unchanged, so with the same idempotency
//! key: the gateway does it once, however often it hears of it.

use std::time::Duration;

use tidegate_protocol::Method;
use tokio::time::{Instant, sleep};

use crate::call::Client;
use crate::connect::ConnectOptions;
use crate::error::{Error, ErrorKind};
use crate::events::Events;

/// The first pause.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Pauses between tries: doubling, with chance in them, so that many clients of a gateway that
/// restarts do not come back in one moment.
#[derive(Debug)]
pub struct Backoff {
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: FIRST_PAUSE }
    }
}

impl Backoff {
    /// The next pause: from half of its step to the whole of it.
    pub fn pause(&mut self) -> Duration {
        let step = self.next;
        self.next = (step * 2).min(LONGEST_PAUSE);
        let mut chance = [0_u8; 1];
        // Without randomness the pause is the whole step.
        let part = getrandom::fill(&mut chance).map_or(255, |()| u32::from(chance[0]));
        step / 2 + step * part / 510
    }
}

/// A connection that is opened anew when it is lost.
#[derive(Debug)]
pub struct Reconnecting {
    options: ConnectOptions,
    patience: Duration,
    open: Option<(Client, Events)>,
}

/// A row of tries with one deadline.
pub(crate) struct Tries {
    until: Instant,
    patience: Duration,
    backoff: Backoff,
    /// The gateway was there before: that nobody answers now may be a restart.
    was_there: bool,
}

impl Tries {
    /// Begins anew: something was reached.
    pub(crate) fn renew(&mut self) {
        self.until = Instant::now() + self.patience;
        self.backoff = Backoff::default();
    }

    pub(crate) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// How long to wait before trying again after this failure; the failure itself if it makes no
    /// sense, or if the time is up.
    pub(crate) fn pause_after(&mut self, why: Error) -> Result<Duration, Error> {
        let gone = why.is_connection_lost()
            || matches!(why.kind, ErrorKind::Dial { .. } | ErrorKind::Upgrade { .. });
        let again = why.is_temporary() || (self.was_there && gone);
        let pause = why.retry_after().unwrap_or_else(|| self.backoff.pause());
        if again && pause < self.left() {
            Ok(pause)
        } else {
            Err(why)
        }
    }
}

impl Reconnecting {
    /// Opens the connection. A gateway that asks to wait (it is starting, or has no room) is asked
    /// again within `patience`; where nobody answers, that is said at once.
    ///
    /// # Errors
    /// The last failure.
    pub async fn connect(options: ConnectOptions, patience: Duration) -> Result<Self, Error> {
        let mut this = Self {
            options,
            patience,
            open: None,
        };
        let mut tries = this.tries(false);
        loop {
            match this.ensure(&mut tries).await {
                Ok(_) => return Ok(this),
                Err(why) => sleep(tries.pause_after(why)?).await,
            }
        }
    }

    /// The connection, if it is open.
    pub fn client(&self) -> Option<&Client> {
        self.open.as_ref().map(|(client, _)| client)
    }

    /// Calls a method, again and again within the patience while the gateway asks to wait or the
    /// connection is lost.
    ///
    /// # Errors
    /// The last failure.
    pub async fn call<M: Method>(&mut self, params: &M::Params) -> Result<M::Result, Error> {
        let mut tries = self.tries(true);
        loop {
            let outcome = match self.ensure(&mut tries).await {
                Ok((client, _)) => client.call_within::<M>(params, tries.left()).await,
                Err(why) => Err(why),
            };
            match outcome {
                Ok(result) => return Ok(result),
                Err(why) => {
                    self.drop_if_lost(&why);
                    sleep(tries.pause_after(why)?).await;
                }
            }
        }
    }

    /// Says goodbye.
    pub async fn close(self) {
        if let Some((client, events)) = self.open {
            drop(events);
            client.close().await;
        }
    }

    pub(crate) fn tries(&self, was_there: bool) -> Tries {
        let patience = self.patience;
        let until = Instant::now() + patience;
        Tries {
            until,
            patience,
            backoff: Backoff::default(),
            was_there,
        }
    }

    pub(crate) fn drop_if_lost(&mut self, why: &Error) {
        let ended = self.client().is_some_and(|client| client.ended().is_some());
        if ended || why.is_connection_lost() {
            self.open = None;
        }
    }

    pub(crate) fn open(&self) -> Option<&(Client, Events)> {
        self.open.as_ref()
    }

    /// The open connection, opened if it has to be.
    pub(crate) async fn ensure(
        &mut self,
        tries: &mut Tries,
    ) -> Result<&mut (Client, Events), Error> {
        if self.client().is_some_and(|client| client.ended().is_some()) {
            self.open = None;
        }
        let open = if let Some(open) = self.open.take() {
            open
        } else {
            let mut options = self.options.clone();
            options.deadlines.connect = options.deadlines.connect.min(tries.left());
            Client::connect(&options).await?
        };
        tries.was_there = true;
        Ok(self.open.insert(open))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_keep_half_of_their_step() {
        let mut backoff = Backoff::default();
        let mut step = FIRST_PAUSE;
        for _ in 0..12 {
            let pause = backoff.pause();
            assert!(pause >= step / 2 && pause <= step, "{pause:?} of {step:?}");
            step = (step * 2).min(LONGEST_PAUSE);
        }
        assert_eq!(step, LONGEST_PAUSE);
    }
}
