//! The file against its schema: unknown keys, wrong types, values out of range, each with its
//! place. The schema is the one that `config schema` prints; nothing is said twice.

use serde_json::Value;

use super::document::{Entry, Kind, Node};
use super::finding::{Finding, join, position};
use super::schema::{SCHEMA, is_secret, property, resolve, words};
use super::secret_ref::EXPECTED;

/// What the check found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// What makes the file invalid.
    pub(crate) errors: Vec<Finding>,
    /// What is only odd.
    pub(crate) warnings: Vec<Finding>,
    /// Keys of a newer version: left out when the file is read.
    pub(crate) ignored: Vec<String>,
}

/// Checks a tree. `newer` are the keys that a newer version wrote.
pub(crate) fn check(text: &str, root: &Node, newer: &[String]) -> Checked {
    let mut checker = Checker {
        text,
        newer,
        out: Checked::default(),
    };
    checker.node(&SCHEMA, root, "");
    checker.out
}

struct Checker<'a> {
    text: &'a str,
    newer: &'a [String],
    out: Checked,
}

impl Checker<'_> {
    fn error(&mut self, path: &str, offset: usize, message: String) {
        let at = Some(position(self.text, offset));
        self.out.errors.push(Finding {
            path: path.to_owned(),
            message,
            at,
        });
    }

    fn warning(&mut self, path: &str, offset: usize, message: String) {
        let at = Some(position(self.text, offset));
        self.out.warnings.push(Finding {
            path: path.to_owned(),
            message,
            at,
        });
    }

    fn node(&mut self, schema: &Value, node: &Node, path: &str) {
        let schema = resolve(schema);
        if is_secret(schema) {
            return self.secret(node, path);
        }
        let words = words(schema);
        if !words.is_empty() {
            return self.word(&words, node, path);
        }
        let Some(wanted) = schema.get("type").and_then(Value::as_str) else {
            return;
        };
        match (&node.kind, wanted) {
            (Kind::Map(entries), "object") => self.object(schema, node, entries, path),
            (Kind::List(items), "array") => {
                self.length(
                    schema,
                    items.len(),
                    "minItems",
                    "maxItems",
                    "entries",
                    node,
                    path,
                );
                if let Some(inner) = schema.get("items") {
                    for (i, item) in items.iter().enumerate() {
                        self.node(inner, item, &join(path, &i.to_string()));
                    }
                }
            }
            (Kind::Text(text), "string") => {
                self.length(
                    schema,
                    text.chars().count(),
                    "minLength",
                    "maxLength",
                    "characters",
                    node,
                    path,
                );
            }
            (Kind::Bool(_), "boolean") => {}
            (Kind::Number(number), "integer" | "number") => {
                if wanted == "integer" && !number.is_i64() && !number.is_u64() {
                    return self.error(
                        path,
                        node.range.start,
                        "expected a whole number".to_owned(),
                    );
                }
                let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
                let (low, high) = (bound("minimum"), bound("maximum"));
                let value = number.as_f64().unwrap_or(f64::NAN);
                if low.is_some_and(|low| value < low) || high.is_some_and(|high| value > high) {
                    self.error(path, node.range.start, out_of_range(low, high));
                }
            }
            (found, _) => {
                let message = format!("expected {}, found {}", type_name(wanted), kind_name(found));
                self.error(path, node.range.start, message);
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "two bounds and how to speak of them"
    )]
    fn length(
        &mut self,
        schema: &Value,
        len: usize,
        min: &str,
        max: &str,
        unit: &str,
        node: &Node,
        path: &str,
    ) {
        let bound = |name: &str| {
            schema
                .get(name)
                .and_then(Value::as_u64)
                .and_then(|n| usize::try_from(n).ok())
        };
        if bound(min).is_some_and(|low| len < low) {
            self.error(
                path,
                node.range.start,
                format!("too short: at least {} {unit}", bound(min).unwrap_or(0)),
            );
        } else if bound(max).is_some_and(|high| len > high) {
            self.error(
                path,
                node.range.start,
                format!("too long: at most {} {unit}", bound(max).unwrap_or(0)),
            );
        }
    }

    fn object(&mut self, schema: &Value, node: &Node, entries: &[Entry], path: &str) {
        for entry in entries {
            let inner = join(path, &entry.key);
            if let Some(known) = property(schema, &entry.key) {
                self.node(known, &entry.value, &inner);
            } else if self.newer.contains(&inner) {
                self.warning(
                    &inner,
                    entry.key_start,
                    "written by a newer version of Tidegate: ignored".to_owned(),
                );
                self.out.ignored.push(inner);
            } else {
                let message = format!(
                    "unknown key{}",
                    super::nearest::hint(schema, path, &entry.key)
                );
                self.error(&inner, entry.key_start, message);
            }
        }
        let required = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        for key in required {
            if !entries.iter().any(|entry| entry.key == key) {
                self.error(
                    &join(path, key),
                    node.range.start,
                    format!("missing: this object needs \"{key}\""),
                );
            }
        }
    }

    fn word(&mut self, words: &[&str], node: &Node, path: &str) {
        let choices = words.join(", ");
        match &node.kind {
            Kind::Text(text) if words.contains(&text.as_str()) => {}
            Kind::Text(text) => {
                let near = super::nearest::nearest(text, words.iter().copied());
                let hint =
                    near.map_or_else(String::new, |word| format!(", did you mean \"{word}\"?"));
                self.error(
                    path,
                    node.range.start,
                    format!("expected one of {choices}{hint}"),
                );
            }
            found => {
                let message = format!("expected one of {choices}, found {}", kind_name(found));
                self.error(path, node.range.start, message);
            }
        }
    }

    /// What is found is not named: it may be the secret.
    fn secret(&mut self, node: &Node, path: &str) {
        let good = match &node.kind {
            Kind::Text(text) => {
                let message = "the secret stands in the file: {\"file\": \"/path\"} or {\"env\": \"NAME\"} is safer";
                if !text.is_empty() {
                    self.warning(path, node.range.start, message.to_owned());
                }
                !text.is_empty()
            }
            Kind::Map(entries) => match entries.as_slice() {
                [Entry { key, value, .. }] => match (key.as_str(), &value.kind) {
                    ("env" | "file", Kind::Text(text)) => !text.is_empty(),
                    ("exec", Kind::List(argv)) => {
                        !argv.is_empty()
                            && argv.iter().all(|word| matches!(word.kind, Kind::Text(_)))
                    }
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        };
        if !good {
            self.error(path, node.range.start, format!("expected {EXPECTED}"));
        }
    }
}

fn out_of_range(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("out of range: {low} to {high}"),
        (Some(low), None) => format!("out of range: at least {low}"),
        (None, Some(high)) => format!("out of range: at most {high}"),
        (None, None) => "out of range".to_owned(),
    }
}

fn type_name(wanted: &str) -> &str {
    match wanted {
        "object" => "an object {…}",
        "array" => "a list […]",
        "string" => "a string",
        "boolean" => "true or false",
        "integer" => "a whole number",
        other => other,
    }
}

const fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Bool(_) => "true or false",
        Kind::Number(_) => "a number",
        Kind::Text(_) => "a string",
        Kind::List(_) => "a list",
        Kind::Map(_) => "an object",
    }
}
