//! What a method does and takes, read from the catalog.

use serde_json::Value;
use tidegate_protocol::catalog::visit_all;
use tidegate_protocol::schema::standalone;
use tidegate_protocol::{Access, Effect, Method, MethodSpec, MethodVisitor};

use super::{Align, Column, Screen, pairs, table};
use crate::words::distance;

/// The methods' rows.
#[derive(Default)]
struct Rows(Vec<MethodSpec>);

impl MethodVisitor for Rows {
    fn method<M: Method>(&mut self) {
        self.0.push(M::SPEC);
    }
}

fn rows() -> Vec<MethodSpec> {
    let mut rows = Rows::default();
    visit_all(&mut rows);
    rows.0.retain(|spec| spec.access != Access::Handshake);
    rows.0.sort_by_key(|spec| spec.name);
    rows.0
}

/// The row of a method and the schema of its params; only this one is built.
struct Find<'a> {
    name: &'a str,
    found: Option<(MethodSpec, Value)>,
}

impl MethodVisitor for Find<'_> {
    fn method<M: Method>(&mut self) {
        if M::SPEC.name == self.name {
            self.found = Some((M::SPEC, standalone::<M::Params>()));
        }
    }
}

/// What a method does, who may call it and what it takes.
pub(crate) fn method_help(screen: &Screen, name: &str) -> Option<String> {
    let mut find = Find { name, found: None };
    visit_all(&mut find);
    let (spec, schema) = find.found?;
    let paint = screen.out();
    let effect = match spec.effect {
        Effect::Read => "reads",
        Effect::Idempotent => "changes something; repeating it is harmless",
        Effect::Keyed => "changes something once for each idempotencyKey",
    };
    let facts = [
        ("Who", spec.access.as_str().to_owned()),
        ("Effect", effect.to_owned()),
    ];
    let doc = spec.doc.trim().replace("\n ", "\n");
    let mut page = format!(
        "{}\n{doc}\n\n{}\n\n",
        paint.bold(name),
        pairs(screen, &facts)
    );
    let params = params(&schema);
    if params.is_empty() {
        page.push_str("It takes no params.");
        return Some(page);
    }
    let columns = [
        Column("PARAM", Align::Left),
        Column("TYPE", Align::Left),
        Column("", Align::Left),
    ];
    page.push_str(&table(screen, &columns, &params));
    Some(page)
}

fn params(schema: &Value) -> Vec<Vec<String>> {
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
    // What must be there comes first.
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

/// Every method on one line.
pub(crate) fn method_list(screen: &Screen) -> String {
    let columns = [
        Column("METHOD", Align::Left),
        Column("WHO", Align::Left),
        Column("", Align::Left),
    ];
    let line = |spec: &MethodSpec| {
        let doc = spec.doc.trim();
        let first = doc.split(". ").next().unwrap_or(doc).replace("\n ", " ");
        vec![
            spec.name.to_owned(),
            spec.access.as_str().to_owned(),
            first.trim_end_matches('.').to_owned(),
        ]
    };
    let lines: Vec<_> = rows().iter().map(line).collect();
    table(screen, &columns, &lines)
}

/// Names like this one, at most two: few letters differ, else the last word is the same.
pub(crate) fn nearest_methods(name: &str) -> Vec<&'static str> {
    let last = |name: &str| name.rsplit('.').next().map(str::to_owned);
    let rows = rows();
    let steps = |spec: &MethodSpec| (distance(name, spec.name), spec.name);
    let few = 3.min(name.len() / 2);
    let mut near: Vec<_> = rows
        .iter()
        .map(steps)
        .filter(|(steps, _)| *steps <= few)
        .collect();
    if near.is_empty() {
        near = rows
            .iter()
            .filter(|spec| last(spec.name) == last(name))
            .map(steps)
            .collect();
    }
    near.sort_unstable();
    near.into_iter().take(2).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(nearest_methods("sesions.list"), ["sessions.list"]);
        assert_eq!(nearest_methods("helth"), ["health"]);
        assert_eq!(nearest_methods("zzzzzzzzzz"), Vec::<&str>::new());
    }
}
