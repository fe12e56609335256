//! The file's text without its secrets, comments and layout kept.
//!
//! What may be shown is decided by the place in the schema, not by how a value looks: a string
//! stays only where the schema knows a string that is no secret. An unknown key, a wrong type or
//! anything but a well-formed reference at the place of a secret is hidden, since a mistyped key
//! may well hold a token.

use std::ops::Range;

use serde_json::Value;

use super::document::{Document, Kind, Node, parse};
use super::file::without_bom;
use super::schema::{SCHEMA, is_secret, property, resolve};
use super::secret_ref::REDACTED;

/// Words at whose end a key names a secret; for comments.
const SECRET_WORDS: [&str; 5] = ["token", "password", "apikey", "secret", "key"];
/// A run of letters and digits this long, in a comment, is taken for a secret.
const LONG_RUN: usize = 24;

/// A text without secrets, and what it says. None if it cannot be read as JSON5: then nothing
/// tells what is a secret, and nothing is shown.
pub(crate) fn redact(text: &str) -> Option<(String, Value)> {
    let text = without_bom(text);
    let document = parse(text).ok()?;
    let mut hidden = Vec::new();
    walk(Some(&SCHEMA), &document.root, &mut hidden);
    let known = known_secrets(text, &document, &hidden);
    let quoted = format!("\"{REDACTED}\"");
    let mut cuts: Vec<(Range<usize>, String)> = hidden
        .into_iter()
        .map(|range| (range, quoted.clone()))
        .collect();
    for range in &document.comments {
        if let Some(comment) = text.get(range.clone()) {
            cuts.push((range.clone(), redact_comment(comment, &known)));
        }
    }
    cuts.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in cuts {
        out.push_str(text.get(at..range.start)?);
        out.push_str(&replacement);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    let parsed = parse(&out).ok()?.root.to_value("", &[]);
    Some((out, parsed))
}

/// Strings that were hidden, to be looked for in comments.
fn known_secrets(text: &str, document: &Document, hidden: &[Range<usize>]) -> Vec<String> {
    fn collect(node: &Node, hidden: &[Range<usize>], found: &mut Vec<String>) {
        match &node.kind {
            Kind::Text(value) if value.len() >= 6 && hidden.contains(&node.range) => {
                found.push(value.clone());
            }
            Kind::List(items) => items.iter().for_each(|item| collect(item, hidden, found)),
            Kind::Map(entries) => entries
                .iter()
                .for_each(|entry| collect(&entry.value, hidden, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(&document.root, hidden, &mut found);
    debug_assert!(found.len() <= text.len(), "each stands in the text");
    found
}

/// Collects the ranges of what must not be shown.
fn walk(schema: Option<&Value>, node: &Node, hidden: &mut Vec<Range<usize>>) {
    let Some(schema) = schema.map(resolve).filter(|schema| schema.is_object()) else {
        return hide(node, hidden);
    };
    if is_secret(schema) {
        if !is_reference(node) {
            hide(node, hidden);
        }
        return;
    }
    let kind = schema.get("type").and_then(Value::as_str);
    match (&node.kind, kind) {
        (Kind::Map(entries), Some("object")) => {
            for entry in entries {
                walk(property(schema, &entry.key), &entry.value, hidden);
            }
        }
        (Kind::List(items), Some("array")) => {
            for item in items {
                walk(schema.get("items"), item, hidden);
            }
        }
        (Kind::Text(text), Some("string")) => {
            // A URL with a user, a password or a query is refused, and hidden until it is mended.
            if text.contains("://") && text.contains(['@', '?', '#']) {
                hide(node, hidden);
            }
        }
        (Kind::Text(text), _) => {
            if !serde_json::to_string(schema).is_ok_and(|schema| {
                schema.contains(&format!("\"const\":{}", Value::from(text.as_str())))
            }) {
                hide(node, hidden);
            }
        }
        (Kind::Number(_), Some("integer" | "number")) | (Kind::Bool(_) | Kind::Null, _) => {}
        (Kind::Map(_) | Kind::List(_) | Kind::Number(_), _) => hide(node, hidden),
    }
}

fn is_reference(node: &Node) -> bool {
    let Kind::Map(entries) = &node.kind else {
        return false;
    };
    let [entry] = entries.as_slice() else {
        return false;
    };
    match (entry.key.as_str(), &entry.value.kind) {
        ("env" | "file", Kind::Text(_)) => true,
        ("exec", Kind::List(argv)) => argv.iter().all(|word| matches!(word.kind, Kind::Text(_))),
        _ => false,
    }
}

/// Every string and number below.
fn hide(node: &Node, hidden: &mut Vec<Range<usize>>) {
    match &node.kind {
        Kind::Text(_) | Kind::Number(_) => hidden.push(node.range.clone()),
        Kind::List(items) => items.iter().for_each(|item| hide(item, hidden)),
        Kind::Map(entries) => entries.iter().for_each(|entry| hide(&entry.value, hidden)),
        Kind::Null | Kind::Bool(_) => {}
    }
}

/// A comment without what looks like a secret: a value that was switched off is still one.
fn redact_comment(comment: &str, known: &[String]) -> String {
    let mut text = comment.to_owned();
    for secret in known {
        text = text.replace(secret.as_str(), REDACTED);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(open) = rest.find(['"', '\'', '`']) {
        let (before, quoted) = rest.split_at(open);
        let mark = quoted.chars().next().unwrap_or('"');
        let inner = quoted.get(mark.len_utf8()..).unwrap_or_default();
        let Some(close) = inner.find(mark) else { break };
        let (value, after) = inner.split_at(close);
        out.push_str(&without_long_runs(before));
        out.push(mark);
        let is_value = before.trim_end().ends_with([':', '=']);
        let named = ends_with_secret_word(&out);
        out.push_str(&if is_value && named {
            REDACTED.to_owned()
        } else {
            without_long_runs(value)
        });
        out.push(mark);
        rest = after.get(mark.len_utf8()..).unwrap_or_default();
    }
    out.push_str(&without_long_runs(rest));
    out
}

/// Whether what was written so far ends in `…token": "` or the like.
fn ends_with_secret_word(written: &str) -> bool {
    let key = written
        .trim_end_matches(['"', '\'', '`', ':', '=', ' ', '\t', '\n', '\r'])
        .to_lowercase();
    SECRET_WORDS.iter().any(|word| key.ends_with(word))
}

fn without_long_runs(text: &str) -> String {
    let in_run = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '=' | '.');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !in_run(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let mixed =
            run.chars().any(|c| c.is_ascii_digit()) && run.chars().any(|c| c.is_ascii_alphabetic());
        out.push_str(if run.len() >= LONG_RUN && mixed {
            REDACTED
        } else {
            run
        });
        let next = after.chars().next().map_or(0, char::len_utf8);
        let (other, tail) = after.split_at(next);
        out.push_str(other);
        rest = tail;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_survive_and_secrets_do_not() {
        let text = r#"// ours
{
  gateway: { // the server
    port: 18789,
    auth: { token: "canary-one-1234", password: { file: "/run/pw" } }, /* was "canary-one-1234" */
    tokn: "canary-two",
    controlUi: "canary-three",
    // token: "canary-four",
  },
  models: { providers: { a: { api: "openai", baseUrl: "http://u:canary-five@h/v1", apiKey: ["canary-six"], models: [{ id: "m" }] } } },
  // sk-canary7abcdefghijklmnopqrstuvwxyz
  meta: { note: "canary-eight" },
  logging: { level: "canary-nine" },
  session: { mainKey: 'main' },
}
"#;
        let (shown, parsed) = redact(text).unwrap();
        assert!(!shown.contains("canary"), "{shown}");
        assert!(!parsed.to_string().contains("canary"));
        for kept in [
            "// ours",
            "// the server",
            "port: 18789",
            "/run/pw",
            "api: \"openai\"",
            "{ id: \"m\" }",
            "'main'",
            "/* was",
        ] {
            assert!(shown.contains(kept), "{kept} in {shown}");
        }
        assert_eq!(shown.lines().count(), text.lines().count());
        assert_eq!(redact("{ gateway: "), None);
    }
}
