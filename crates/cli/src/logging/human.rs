//! Lines for people: time, level, words, fields. Control characters are shown, never sent.

use std::fmt::{self, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// The format.
pub(super) struct Human {
    /// Whether levels have a colour.
    pub(super) colour: bool,
}

impl<S, N> FormatEvent<S, N> for Human
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut stamp = String::new();
        tracing_subscriber::fmt::time::SystemTime.format_time(&mut Writer::new(&mut stamp))?;
        // 2026-01-24T12:34:56.789012Z
        out.write_str(stamp.get(11..19).unwrap_or(&stamp))?;
        let level = event.metadata().level();
        if self.colour {
            write!(out, " \x1b[{}m{level:<5}\x1b[0m ", colour(*level))?;
        } else {
            write!(out, " {level:<5} ")?;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        out.write_str(&fields.message)?;
        out.write_str(&fields.rest)?;
        out.write_char('\n')
    }
}

const fn colour(level: Level) -> u8 {
    match level {
        Level::ERROR => 31,
        Level::WARN => 33,
        Level::INFO => 32,
        Level::DEBUG => 34,
        Level::TRACE => 35,
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    rest: String,
}

impl Fields {
    fn put(&mut self, field: &Field, text: &str) {
        if field.name() == "message" {
            escape(&mut self.message, text);
        } else {
            let _ = write!(self.rest, " {}=", field.name());
            escape(&mut self.rest, text);
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, &format!("{value:?}"));
    }
}

/// Whatever would move the cursor, change colours or turn the direction of writing.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
        if c.is_control() || turns {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown() {
        let mut out = String::new();
        escape(&mut out, "a\x1b[2J\nb\u{202e}c\td ü");
        assert_eq!(out, "a\\u{1b}[2J\\nb\\u{202e}c\\td ü");
    }
}
