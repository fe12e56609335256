//! The A2UI page and what is drawn on it. The page keeps nothing: whoever loads it applies what
//! should be seen, so everything since the last reset is kept here.

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;

/// The page, as `ui/a2ui` builds it.
static DIST: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../ui/dist-a2ui");
/// What the page may do (docs/canvas.md).
pub(super) const POLICY: &str = "sandbox allow-scripts; default-src 'none'; script-src 'self'; \
    style-src 'self'; img-src https: data:; media-src https: data:; connect-src 'none'; \
    base-uri 'none'; form-action 'none'";
/// Most messages of one batch, and so of what is kept: the renderer takes no more.
const MESSAGES_MAX: usize = 1_000;
/// Most characters of them: the renderer takes no more.
const CHARS_MAX: usize = 4_194_304;

/// One file of the page and its kind.
pub(super) fn file(path: &str) -> Option<(&'static [u8], &'static str)> {
    let name = if path.is_empty() { "index.html" } else { path };
    let kind = match name.rsplit('.').next()? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    };
    DIST.get_file(name).map(|file| (file.contents(), kind))
}

/// What the renderer says of a batch.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Outcome {
    ok: bool,
    error: Option<String>,
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Debug, Deserialize)]
struct Fault {
    index: usize,
}

/// What was drawn since the last reset.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    messages: Vec<Value>,
    chars: usize,
}

impl Drawn {
    /// Whether so much more can be kept.
    pub(super) fn has_room(&self, batch: &[Value]) -> Result<(), Failure> {
        let messages = self.messages.len() + batch.len();
        let chars = self.chars + chars(batch);
        if messages > MESSAGES_MAX || chars > CHARS_MAX {
            return Err(Failure::too_large(format!(
                "more than {MESSAGES_MAX} messages or {CHARS_MAX} characters since the last \
                 canvas.a2ui.reset"
            )));
        }
        Ok(())
    }

    /// Keeps what the renderer took.
    pub(super) fn keep(&mut self, batch: Vec<Value>, outcome: &Outcome) {
        let bad = |at: usize| outcome.errors.iter().any(|fault| fault.index == at);
        let good = batch.into_iter().enumerate().filter(|(at, _)| !bad(*at));
        let good: Vec<Value> = good.map(|(_, message)| message).collect();
        self.chars += chars(&good);
        self.messages.extend(good);
    }

    /// Everything, in order.
    pub(super) fn messages(&self) -> &[Value] {
        &self.messages
    }

    /// Forgets it.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

impl Outcome {
    /// What the agent is told.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        if self.ok {
            return Ok(());
        }
        let why = self.error.as_deref().unwrap_or("the page did not take it");
        Err(Failure::invalid(why))
    }
}

/// Messages, one a line; blank lines are none.
pub(super) fn lines(jsonl: &str) -> Result<Vec<Value>, Failure> {
    let filled = jsonl
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    filled
        .map(|(at, line)| {
            serde_json::from_str(line)
                .map_err(|why| Failure::invalid(format!("line {}: {why}", at + 1)))
        })
        .collect()
}

fn chars(messages: &[Value]) -> usize {
    messages
        .iter()
        .map(|message| message.to_string().chars().count())
        .sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome(text: &str) -> Outcome {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_the_renderer_refused_is_not_drawn_again() {
        let mut drawn = Drawn::default();
        let batch = lines("{\"a\":1}\n\n{\"b\":2}\n{\"c\":3}").unwrap();
        let said = outcome(
            r#"{"ok":false,"error":"no","surfaces":[],"errors":[{"index":1,"code":"CYCLE"}]}"#,
        );
        drawn.keep(batch, &said);
        assert_eq!(drawn.messages(), [json!({"a": 1}), json!({"c": 3})]);
        assert_eq!(drawn.chars, 14);
        assert_eq!(said.verdict().unwrap_err().message, "no");
        assert!(
            outcome(r#"{"ok":true,"surfaces":["main"],"errors":[]}"#)
                .verdict()
                .is_ok()
        );
        drawn.reset();
        assert!(drawn.messages().is_empty());
    }

    #[test]
    fn there_is_a_bound() {
        let mut drawn = Drawn::default();
        let batch = vec![json!(1); MESSAGES_MAX];
        drawn.has_room(&batch).unwrap();
        drawn.keep(batch, &Outcome::default());
        assert_eq!(drawn.has_room(&[json!(1)]).unwrap_err().code, "TOO_LARGE");
        let long = json!("x".repeat(CHARS_MAX));
        assert!(Drawn::default().has_room(&[long]).is_err());
    }

    #[test]
    fn a_bad_line_is_named() {
        let why = lines("{}\n{").unwrap_err().message;
        assert!(why.starts_with("line 2:"), "{why}");
    }

    #[test]
    fn the_page_is_in_this_program() {
        for (path, kind) in [
            ("", "text/html"),
            ("a2ui.js", "text/javascript"),
            ("a2ui.css", "text/css"),
        ] {
            let (bytes, found) = file(path).unwrap();
            assert!(!bytes.is_empty() && found.starts_with(kind), "{path}");
        }
        assert!(file("../Cargo.toml").is_none());
    }
}
