//! What something takes, read from its schema.

use serde_json::Value;

use super::{Align, Column, Screen, table};

/// A table of the params that a schema names, those that must be there first.
pub(super) fn params(screen: &Screen, schema: &Value) -> String {
    let rows = rows(schema);
    if rows.is_empty() {
        return "It takes no params.".to_owned();
    }
    let columns = [
        Column("PARAM", Align::Left),
        Column("TYPE", Align::Left),
        Column("", Align::Left),
    ];
    table(screen, &columns, &rows)
}

fn rows(schema: &Value) -> Vec<Vec<String>> {
    let empty = serde_json::Map::new();
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |key: &str| required.is_some_and(|keys| keys.iter().any(|name| name == key));
    let row = |(key, value): (&String, &Value)| {
        let doc = value
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let need = if is_required(key) { "Required. " } else { "" };
        vec![
            key.clone(),
            kind(value, schema),
            format!("{need}{}", doc.replace('\n', " ")),
        ]
    };
    let (must, may): (Vec<_>, Vec<_>) = properties.iter().partition(|(key, _)| is_required(key));
    must.into_iter().chain(may).map(row).collect()
}

fn kind(value: &Value, root: &Value) -> String {
    if let Some(choices) = value.get("enum").and_then(Value::as_array) {
        let words = choices.iter().map(|choice| {
            choice
                .as_str()
                .map_or_else(|| choice.to_string(), ToOwned::to_owned)
        });
        return words.collect::<Vec<_>>().join(" | ");
    }
    if let Some(choices) = ["anyOf", "oneOf"]
        .iter()
        .find_map(|key| value.get(key)?.as_array())
    {
        let mut kinds: Vec<_> = choices.iter().map(|choice| kind(choice, root)).collect();
        kinds.dedup();
        return kinds.join(" | ");
    }
    if let Some(word) = value.get("const") {
        return word
            .as_str()
            .map_or_else(|| word.to_string(), ToOwned::to_owned);
    }
    if let Some(target) = value.get("$ref").and_then(Value::as_str)
        && let Some(found) = target.strip_prefix('#').and_then(|path| root.pointer(path))
    {
        return kind(found, root);
    }
    match value.get("type").and_then(Value::as_str) {
        Some("array") => {
            let items = value
                .get("items")
                .map_or_else(|| "any".to_owned(), |items| kind(items, root));
            format!("list of {items}")
        }
        Some(word) => word.to_owned(),
        None => "any".to_owned(),
    }
}
