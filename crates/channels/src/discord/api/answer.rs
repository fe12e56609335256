//! What an answer says besides its result: limits, the server's clock, why not.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;
use serde_json::Value;

use crate::call::shown;

/// How long to wait when Discord does not say: what its content network shuts out for.
const DEFAULT_WAIT: Duration = Duration::from_mins(1);
/// Longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// A 429.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMany {
    pub(super) wait: Duration,
    /// Every call must wait, not this one's kind alone.
    pub(super) account: bool,
}

#[derive(Deserialize)]
struct TooManyBody {
    retry_after: f64,
    #[serde(default)]
    global: bool,
}

impl TooMany {
    /// Reads one. The body knows fractions of a second; without a body of Discord's it is the
    /// content network that shuts us out, and then from everything.
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        if let Ok(body) = serde_json::from_slice::<TooManyBody>(body) {
            return Self {
                wait: seconds(body.retry_after).unwrap_or(DEFAULT_WAIT),
                account: body.global,
            };
        }
        Self {
            wait: number(headers, RETRY_AFTER.as_str())
                .and_then(seconds)
                .unwrap_or(DEFAULT_WAIT),
            account: true,
        }
    }
}

/// How long calls of this kind must wait now, if this was the last one for a while.
pub(super) fn exhausted(headers: &HeaderMap) -> Option<Duration> {
    let remaining = number(headers, "x-ratelimit-remaining")?;
    let wait = number(headers, "x-ratelimit-reset-after").and_then(seconds)?;
    (remaining < 1.0 && !wait.is_zero()).then_some(wait)
}

/// The server's clock in Unix milliseconds: when the window ends, less how long that is.
pub(super) fn server_ms(headers: &HeaderMap) -> Option<u64> {
    let reset = number(headers, "x-ratelimit-reset").filter(|at| *at < 1e11)?;
    let after = number(headers, "x-ratelimit-reset-after").and_then(seconds)?;
    let reset = Duration::try_from_secs_f64(reset).ok()?;
    u64::try_from(reset.checked_sub(after)?.as_millis()).ok()
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn seconds(seconds: f64) -> Option<Duration> {
    let time = Duration::try_from_secs_f64(seconds).ok()?;
    Some(time.min(LONGEST_WAIT))
}

/// Discord's no.
#[derive(Deserialize)]
pub(super) struct No {
    #[serde(default)]
    pub(super) code: u32,
    #[serde(default)]
    message: String,
    /// What is wrong with which field, nested by the field's path.
    #[serde(default)]
    errors: Value,
}

impl No {
    /// Discord's words, with the first finding, fit to be shown.
    pub(super) fn words(&self, token: &str) -> String {
        let finding = finding(&self.errors, &mut Vec::new());
        let words = match finding {
            Some(finding) => format!("{} ({finding})", self.message),
            None => self.message.clone(),
        };
        shown(&words, token)
    }
}

/// The first `_errors` with its path: `content: Must be 2000 or fewer in length.`
fn finding<'a>(errors: &'a Value, path: &mut Vec<&'a str>) -> Option<String> {
    let fields = errors.as_object()?;
    if let Some(list) = fields.get("_errors").and_then(Value::as_array) {
        let words = list.first()?.get("message")?.as_str()?;
        return Some(format!("{}: {words}", path.join(".")));
    }
    fields.iter().find_map(|(name, inner)| {
        path.push(name);
        let found = finding(inner, path);
        path.pop();
        found
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| {
                (
                    reqwest::header::HeaderName::from_static(name),
                    value.parse().unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn fractions_of_a_second_come_from_the_body() {
        let two = headers(&[("retry-after", "2")]);
        let body = br#"{"message":"x","retry_after":1.5,"global":true}"#;
        let read = TooMany::read(&two, body);
        assert_eq!(
            (read.wait, read.account),
            (Duration::from_millis(1500), true)
        );
        let page = TooMany::read(&two, b"error code: 1015");
        assert_eq!((page.wait, page.account), (Duration::from_secs(2), true));
        assert_eq!(TooMany::read(&headers(&[]), b"").wait, DEFAULT_WAIT);
        let endless = TooMany::read(&two, br#"{"retry_after":1e9}"#);
        assert_eq!(endless.wait, LONGEST_WAIT);
    }

    #[test]
    fn the_last_call_of_a_window_is_known() {
        let left = |remaining| {
            exhausted(&headers(&[
                ("x-ratelimit-remaining", remaining),
                ("x-ratelimit-reset-after", "0.250"),
            ]))
        };
        assert_eq!(left("0"), Some(Duration::from_millis(250)));
        assert_eq!(left("1"), None);
        assert_eq!(exhausted(&headers(&[])), None);
    }

    #[test]
    fn the_servers_clock_is_known_to_the_millisecond() {
        let known = headers(&[
            ("x-ratelimit-reset", "1700000005.500"),
            ("x-ratelimit-reset-after", "5.250"),
        ]);
        assert_eq!(server_ms(&known), Some(1_700_000_000_250));
        assert_eq!(server_ms(&headers(&[])), None);
    }

    #[test]
    fn the_first_finding_is_told_with_its_path() {
        let no: No = serde_json::from_value(json!({
            "code": 50035, "message": "Invalid Form Body",
            "errors": { "components": { "0": { "label": { "_errors": [{ "message": "too long: s3cret" }] } } } },
        }))
        .unwrap();
        assert_eq!(
            no.words("s3cret"),
            "Invalid Form Body (components.0.label: too long: <token>)"
        );
    }
}
