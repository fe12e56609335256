//! The bundle that `tidegate_protocol::schema` gives, read into the catalog of the emitters.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use super::ir::{Catalog, Command, Event, Method, Named, Type};
use super::read::{doc, read, read_named};

pub(crate) fn catalog(bundle: &Value) -> Result<Catalog> {
    let number = |key: &str| {
        let number = bundle
            .get("protocol")
            .and_then(|protocol| protocol.get(key)?.as_u64());
        number.with_context(|| format!("the bundle has no protocol.{key}"))
    };
    let mut catalog = Catalog {
        min: number("min")?,
        max: number("max")?,
        methods: rows(bundle, "methods", method)?,
        events: rows(bundle, "events", event)?,
        commands: rows(bundle, "commands", command)?,
        close_codes: list(bundle, "closeCodes")?.clone(),
        error_codes: list(bundle, "errorCodes")?
            .iter()
            .map(code)
            .collect::<Result<_>>()?,
        types: rows(bundle, "$defs", |schema| -> Result<Named> {
            read_named(schema)
        })?,
    };
    catalog.settle()?;
    Ok(catalog)
}

fn rows<T>(
    bundle: &Value,
    key: &str,
    read: impl Fn(&Value) -> Result<T>,
) -> Result<BTreeMap<String, T>> {
    let rows = bundle.get(key).and_then(Value::as_object);
    let rows = rows.with_context(|| format!("the bundle has no object `{key}`"))?;
    rows.iter()
        .map(|(name, row)| {
            Ok((
                name.clone(),
                read(row).with_context(|| format!("in {key}, at `{name}`"))?,
            ))
        })
        .collect()
}

fn list<'a>(bundle: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    let list = bundle.get(key).and_then(Value::as_array);
    list.with_context(|| format!("the bundle has no list `{key}`"))
}

fn text(row: &Value, key: &str) -> Result<String> {
    let text = row.get(key).and_then(Value::as_str);
    Ok(text.with_context(|| format!("no text `{key}`"))?.to_owned())
}

/// An error code is a word, or an object around one.
fn code(code: &Value) -> Result<String> {
    code.as_str()
        .map_or_else(|| text(code, "code"), |code| Ok(code.to_owned()))
}

fn schema(row: &Value, key: &str) -> Result<Type> {
    let schema = row.get(key).with_context(|| format!("no schema `{key}`"))?;
    read(schema).with_context(|| format!("in its {key}"))
}

fn method(row: &Value) -> Result<Method> {
    Ok(Method {
        doc: doc(row),
        access: text(row, "access")?,
        effect: text(row, "effect")?,
        since: row
            .get("since")
            .and_then(Value::as_u64)
            .context("no number `since`")?,
        unstable: row.get("unstable") == Some(&Value::Bool(true)),
        params: schema(row, "params")?,
        result: schema(row, "result")?,
        ack: row.get("ack").map(|_| schema(row, "ack")).transpose()?,
    })
}

fn command(row: &Value) -> Result<Command> {
    let platforms = list(row, "platforms")?.iter();
    Ok(Command {
        doc: doc(row),
        risk: text(row, "risk")?,
        platforms: platforms
            .filter_map(|word| word.as_str().map(str::to_owned))
            .collect(),
        queueable: row.get("queueable") == Some(&Value::Bool(true)),
        scope: text(row, "scope")?,
        params: schema(row, "params")?,
        result: schema(row, "result")?,
    })
}

fn event(row: &Value) -> Result<Event> {
    Ok(Event {
        doc: doc(row),
        access: text(row, "access")?,
        delivery: text(row, "delivery")?,
        payload: schema(row, "payload")?,
    })
}
