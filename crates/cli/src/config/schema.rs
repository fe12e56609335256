//! The JSON Schema of the file, made from the types, and how to find one's way in it.

use std::sync::LazyLock;

use serde_json::Value;

use super::model::Config;
use super::secret_ref::SCHEMA_MARK;

/// The JSON Schema of the file.
pub(crate) static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let mut schema = tidegate_protocol::schema::standalone::<Config>();
    if let Some(map) = schema.as_object_mut() {
        map.insert("title".into(), "Tidegate configuration".into());
    }
    schema
});

/// The schema as `config schema` prints it and `docs/config.schema.json` keeps it.
pub(crate) fn schema_text() -> String {
    serde_json::to_string_pretty(&*SCHEMA).map_or_else(|_| String::new(), |text| text + "\n")
}

/// Follows references within the schema.
pub(crate) fn resolve(schema: &Value) -> &Value {
    let mut current = schema;
    for _ in 0..16 {
        if let Some([only]) = current
            .get("anyOf")
            .or_else(|| current.get("allOf"))
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            current = only;
        }
        let Some(name) = current
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|path| path.strip_prefix("#/$defs/"))
        else {
            return current;
        };
        let Some(target) = SCHEMA.get("$defs").and_then(|defs| defs.get(name)) else {
            return current;
        };
        current = target;
    }
    current
}

/// Whether a value at this place of the schema is a secret.
pub(crate) fn is_secret(schema: &Value) -> bool {
    schema.get(SCHEMA_MARK) == Some(&Value::Bool(true))
}

/// The schema of a key of an object; none if the key is unknown.
pub(crate) fn property<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    if let Some(known) = schema
        .get("properties")
        .and_then(|properties| properties.get(key))
    {
        return Some(known);
    }
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) | None => None,
        Some(open) => Some(open),
    }
}

/// The words that an enumeration allows.
pub(super) fn words(schema: &Value) -> Vec<&str> {
    let constants = |list: &'static str| schema.get(list).and_then(Value::as_array);
    if let Some(list) = constants("enum") {
        return list.iter().filter_map(Value::as_str).collect();
    }
    let one = schema.get("const").and_then(Value::as_str);
    let many = constants("oneOf").or_else(|| constants("anyOf"));
    one.into_iter()
        .chain(many.into_iter().flatten().flat_map(|choice| {
            let several = choice
                .get("enum")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            choice
                .get("const")
                .and_then(Value::as_str)
                .into_iter()
                .chain(several)
        }))
        .collect()
}
