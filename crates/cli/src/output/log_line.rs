//! Lines of the gateway's log, for reading.

use serde_json::{Map, Value};

use super::{Paint, clean};

/// What stands at the head of a line already.
const HEAD: [&str; 6] = ["timestamp", "time", "level", "target", "message", "fields"];

/// One line: time, level, message, fields. What is not JSON is shown as it is.
pub(crate) fn log_line(paint: Paint, line: &str) -> String {
    let Ok(Value::Object(entry)) = serde_json::from_str(line) else {
        return clean(line);
    };
    let nested = entry.get("fields").and_then(Value::as_object);
    let text = |key: &str| {
        let found = entry.get(key).or_else(|| nested?.get(key));
        found.and_then(Value::as_str).unwrap_or_default()
    };
    let level = text("level");
    let level = match level {
        "ERROR" => paint.red("ERROR"),
        "WARN" => paint.yellow("WARN "),
        "INFO" => paint.green("INFO "),
        other => paint.dim(&format!("{:<5}", clean(other))),
    };
    let stamp = [text("timestamp"), text("time")]
        .into_iter()
        .find(|text| !text.is_empty());
    let mut words = vec![paint.dim(&clock(stamp.unwrap_or_default())), level];
    words.push(clean(text("message")));
    let rest = nested.into_iter().chain([&entry]).flat_map(fields);
    words.extend(rest.map(|(key, value)| format!("{}{}", paint.dim(&format!("{key}=")), value)));
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

fn fields(entry: &Map<String, Value>) -> impl Iterator<Item = (String, String)> {
    entry
        .iter()
        .filter(|(key, _)| !HEAD.contains(&key.as_str()))
        .map(|(key, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), ToOwned::to_owned);
            (clean(key), clean(&value))
        })
}

/// The time of day of a timestamp, in the zone of the reader.
fn clock(stamp: &str) -> String {
    stamp.parse::<jiff::Timestamp>().map_or_else(
        |_| clean(stamp),
        |at| {
            at.to_zoned(jiff::tz::TimeZone::system())
                .strftime("%m-%d %H:%M:%S%.3f")
                .to_string()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_is_for_reading() {
        let plain = Paint { on: false };
        for line in [
            r#"{"timestamp":"x","level":"INFO","fields":{"message":"request","method":"health","ms":3},"target":"t"}"#,
            r#"{"timestamp":"x","level":"INFO","message":"request","method":"health","ms":3}"#,
        ] {
            assert_eq!(log_line(plain, line), "x INFO  request method=health ms=3");
        }
        assert_eq!(log_line(plain, "no \u{1b}[31mjson"), "no [31mjson");
        let stamp = log_line(
            plain,
            r#"{"timestamp":"2026-11-20T16:00:00.5Z","level":"WARN","message":"m"}"#,
        );
        assert!(stamp.contains(".500 WARN  m"), "{stamp}");
    }
}
