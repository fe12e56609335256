//! Which key was meant.

use serde_json::Value;

use super::finding::join;
use super::schema::resolve;
use crate::words::distance;

/// What to say behind "unknown key".
pub(crate) fn hint(schema: &Value, path: &str, key: &str) -> String {
    let known: Vec<&str> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|properties| properties.keys().map(String::as_str))
        .collect();
    let close = nearest(key, known.iter().copied()).map(|word| join(path, word));
    match close.or_else(|| elsewhere(key)) {
        Some(meant) => format!(", did you mean \"{meant}\"?"),
        None if known.is_empty() => String::new(),
        None => format!("; known here: {}", known.join(", ")),
    }
}

/// The nearest of some words, if one is near.
pub(crate) fn nearest<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let limit = (word.chars().count() / 3).clamp(1, 4);
    words
        .map(|candidate| {
            (
                distance(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A key of this very name in another place.
fn elsewhere(key: &str) -> Option<String> {
    fn search(schema: &Value, path: &str, key: &str, depth: usize) -> Option<String> {
        if depth == 0 {
            return None;
        }
        let properties = resolve(schema)
            .get("properties")
            .and_then(Value::as_object)?;
        if properties.contains_key(key) {
            return Some(join(path, key));
        }
        properties
            .iter()
            .find_map(|(name, inner)| search(inner, &join(path, name), key, depth - 1))
    }
    search(&super::schema::SCHEMA, "", key, 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nearest() {
        assert_eq!(nearest("prot", ["bind", "port"].into_iter()), Some("port"));
        assert_eq!(
            nearest("customBindhost", ["customBindHost"].into_iter()),
            Some("customBindHost")
        );
        assert_eq!(nearest("zzz", ["bind", "port"].into_iter()), None);
        assert!(
            hint(&super::super::schema::SCHEMA, "", "allowedOrigins")
                .contains("gateway.controlUi.allowedOrigins")
        );
    }
}
