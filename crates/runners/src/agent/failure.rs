//! A failed try, and what the person is told: who, what, until when, what to do.

use std::time::Duration;

use tidegate_core::run::FailureKind;
use tidegate_core::runner::RunnerError;

/// A failed try.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What kind.
    pub(crate) kind: FailureKind,
    /// What happened: goes on after the provider's name.
    pub(crate) what: String,
    /// What to do; empty if waiting is all.
    pub(crate) advice: String,
    /// The provider's own words, cleaned.
    pub(crate) said: Option<String>,
    /// Whether the same request may succeed later.
    pub(crate) retry: bool,
    /// When the provider wants to be asked again.
    pub(crate) wait: Option<Duration>,
}

impl Failure {
    /// One that comes again if the request does.
    pub(crate) fn lasting(
        kind: FailureKind,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            what: what.into(),
            advice: advice.into(),
            said: None,
            retry: false,
            wait: None,
        }
    }

    /// One that may pass.
    pub(crate) fn passing(
        kind: FailureKind,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            retry: true,
            ..Self::lasting(kind, what, advice)
        }
    }

    /// What the person is told.
    pub(crate) fn into_error(self, provider: &str, tries: u32, now_ms: u64) -> RunnerError {
        let again = if tries > 1 {
            format!(" ({tries} tries)")
        } else {
            String::new()
        };
        let mut sentences = vec![format!("{provider} {}{again}.", self.what)];
        let retry_after_ms = self
            .wait
            .map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        if let Some(wait_ms) = retry_after_ms {
            sentences.push(format!(
                "It takes requests again {}.",
                until(now_ms, wait_ms)
            ));
        } else if self.retry && self.advice.is_empty() {
            sentences.push("Send it again in a minute.".to_owned());
        }
        sentences.extend(Some(self.advice).filter(|advice| !advice.is_empty()));
        sentences.extend(self.said.map(|said| format!("It said: \"{said}\"")));
        let message = sentences.join(" ");
        RunnerError {
            kind: self.kind,
            message,
            retry_after_ms,
        }
    }
}

/// A moment for people: a time today, else with its date; always UTC.
pub(crate) fn until(now_ms: u64, wait_ms: u64) -> String {
    let at = |ms: u64| {
        i64::try_from(ms)
            .ok()
            .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
    };
    // Rounded up: who comes at the time that was named must not come too early.
    let then_ms = now_ms
        .saturating_add(wait_ms)
        .div_ceil(1000)
        .saturating_mul(1000);
    match (at(now_ms), at(then_ms)) {
        (Some(now), Some(then)) => {
            let day = "%Y-%m-%d";
            let today = now.strftime(day).to_string() == then.strftime(day).to_string();
            then.strftime(if today {
                "at %H:%M:%S UTC"
            } else {
                "on %Y-%m-%d at %H:%M:%S UTC"
            })
            .to_string()
        }
        _ => "later".to_owned(),
    }
}

/// The provider is left alone for a while, see `circuit.rs`.
pub(crate) fn paused(provider: &str, now_ms: u64, until_ms: u64) -> RunnerError {
    let wait_ms = until_ms.saturating_sub(now_ms);
    let until = until(now_ms, wait_ms);
    RunnerError {
        kind: FailureKind::Unknown,
        message: format!(
            "{provider} failed again and again, so it is left alone for a moment. It is asked again {until}; send it \
             again then, or choose another model."
        ),
        retry_after_ms: Some(wait_ms),
    }
}
