//! What is wrong with a value, in the words of the family's clients: `at /to/peer: must NOT have
//! fewer than 1 characters`. The value itself is never quoted.

use jsonschema::error::{TypeKind, ValidationError, ValidationErrorKind};
use jsonschema::{JsonType, Validator};
use serde_json::Value;

/// Problems named in one text.
const MOST: usize = 16;

/// All problems, missing keys first; none if the value is good.
pub(crate) fn problems(validator: &Validator, value: &Value) -> Option<String> {
    let mut found: Vec<(u8, String)> = Vec::new();
    for error in validator.iter_errors(value) {
        describe(&error, &mut found);
        if found.len() > MOST {
            break;
        }
    }
    if found.is_empty() {
        return None;
    }
    found.sort_by_key(|(rank, _)| *rank);
    let mut texts: Vec<String> = Vec::new();
    for (_, text) in found.into_iter().take(MOST) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Some(texts.join("; "))
}

const MISSING: u8 = 0;
const UNEXPECTED: u8 = 1;
const OTHER: u8 = 2;

fn describe(error: &ValidationError<'_>, found: &mut Vec<(u8, String)>) {
    let path = error.instance_path().as_str();
    let at = |text: &str| if path.is_empty() { text.to_owned() } else { format!("at {path}: {text}") };
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            found.push((MISSING, at(&format!("must have required property '{name}'"))));
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let place = if path.is_empty() { "root" } else { path };
            found.extend(
                unexpected
                    .iter()
                    .take(MOST)
                    .map(|name| (UNEXPECTED, format!("at {place}: unexpected property '{}'", short(name)))),
            );
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            for inner in context.iter().flatten() {
                describe(inner, found);
            }
            found.push((OTHER, at("must match a schema in anyOf")));
        }
        kind => found.push((OTHER, at(&words(kind)))),
    }
}

fn words(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Type { kind } => format!("must be {}", type_words(kind)),
        ValidationErrorKind::Constant { .. } => "must be equal to constant".into(),
        ValidationErrorKind::Enum { .. } => "must be equal to one of the allowed values".into(),
        ValidationErrorKind::Minimum { limit } => format!("must be >= {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("must be <= {limit}"),
        ValidationErrorKind::MinLength { limit } => format!("must NOT have fewer than {limit} characters"),
        ValidationErrorKind::MaxLength { limit } => format!("must NOT have more than {limit} characters"),
        ValidationErrorKind::MinItems { limit } => format!("must NOT have fewer than {limit} items"),
        ValidationErrorKind::MaxItems { limit } => format!("must NOT have more than {limit} items"),
        other => format!("must pass \"{}\" keyword validation", other.keyword()),
    }
}

fn type_words(kind: &TypeKind) -> String {
    let word = |t: JsonType| t.to_string();
    match kind {
        TypeKind::Single(only) => word(*only),
        TypeKind::Multiple(several) => several.iter().map(word).collect::<Vec<_>>().join(","),
    }
}

/// A key name as an attacker may have chosen it, cut and without control characters.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}
