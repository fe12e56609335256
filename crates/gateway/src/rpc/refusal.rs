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
        describe(&error, value, &mut found);
        if found.len() >= MOST {
            break;
        }
    }
    if found.is_empty() {
        return None;
    }
    found.sort_by_key(|(rank, _)| *rank);
    let texts: Vec<String> = found.into_iter().map(|(_, text)| text).collect();
    Some(texts.join("; "))
}

/// Adds a problem that is not named yet: a value that fits none of thirty choices is one problem.
fn note(found: &mut Vec<(u8, String)>, rank: u8, text: String) {
    if found.len() < MOST && !found.iter().any(|(_, known)| *known == text) {
        found.push((rank, text));
    }
}

const MISSING: u8 = 0;
const UNEXPECTED: u8 = 1;
const OTHER: u8 = 2;

fn describe(error: &ValidationError<'_>, whole: &Value, found: &mut Vec<(u8, String)>) {
    let path = error.instance_path().as_str();
    let at = |text: &str| {
        if path.is_empty() {
            text.to_owned()
        } else {
            format!("at {path}: {text}")
        }
    };
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            note(
                found,
                MISSING,
                at(&format!("must have required property '{name}'")),
            );
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            found.extend(unexpected.iter().take(MOST).map(|name| extra(path, name)));
        }
        // How the library says that an object which takes no key has some.
        ValidationErrorKind::FalseSchema => {
            let keys = whole
                .pointer(path)
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(|object| object.keys());
            found.extend(keys.take(MOST).map(|name| extra(path, name)));
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            for inner in context.iter().flatten() {
                describe(inner, whole, found);
            }
            note(found, OTHER, at("must match a schema in anyOf"));
        }
        kind => note(found, OTHER, at(&words(kind))),
    }
}

fn extra(path: &str, name: &str) -> (u8, String) {
    let place = if path.is_empty() { "root" } else { path };
    (
        UNEXPECTED,
        format!("at {place}: unexpected property '{}'", short(name)),
    )
}

fn words(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Type { kind } => format!("must be {}", type_words(kind)),
        ValidationErrorKind::Constant { .. } => "must be equal to constant".into(),
        ValidationErrorKind::Enum { .. } => "must be equal to one of the allowed values".into(),
        ValidationErrorKind::Minimum { limit } => format!("must be >= {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("must be <= {limit}"),
        ValidationErrorKind::MinLength { limit } => {
            format!("must NOT have fewer than {limit} characters")
        }
        ValidationErrorKind::MaxLength { limit } => {
            format!("must NOT have more than {limit} characters")
        }
        ValidationErrorKind::MinItems { limit } => {
            format!("must NOT have fewer than {limit} items")
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_where_none_is_taken_is_named() {
        let validator =
            jsonschema::validator_for(&json!({ "type": "object", "additionalProperties": false }))
                .unwrap();
        assert_eq!(
            problems(&validator, &json!({ "a": 1 })).as_deref(),
            Some("at root: unexpected property 'a'")
        );
        assert_eq!(
            problems(&validator, &json!([])).as_deref(),
            Some("must be object")
        );
    }
}
