//! Every side of every method and every event has one example in `golden/`: it fits its published
//! schema, and decoding and encoding it gives the same JSON. Clients in other languages read the
//! same files.

use std::collections::BTreeSet;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tidegate_protocol::catalog::{visit_all, visit_all_commands, visit_all_events};
use tidegate_protocol::{
    Command, CommandVisitor, Event, EventVisitor, Method, MethodVisitor, NoAck, schema,
};

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "golden"].iter().collect()
}

/// Reads every example that the catalog asks for.
#[derive(Default)]
struct Examples {
    asked_for: BTreeSet<String>,
    problems: Vec<String>,
}

impl Examples {
    fn check<T: DeserializeOwned + Serialize + JsonSchema>(&mut self, name: &str, side: &str) {
        let file = format!("{name}.{side}.json");
        if let Err(problem) = example::<T>(&file) {
            self.problems
                .push(format!("crates/protocol/golden/{file}: {problem}"));
        }
        self.asked_for.insert(file);
    }
}

fn example<T: DeserializeOwned + Serialize + JsonSchema>(file: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(folder().join(file)).map_err(|error| {
        format!("add this file: one example as JSON, every field filled in ({error})")
    })?;
    let json: Value =
        serde_json::from_str(&text).map_err(|error| format!("is no JSON: {error}"))?;
    let pretty = serde_json::to_string_pretty(&json).unwrap() + "\n";
    if text != pretty {
        return Err("is not written with two blanks a level and a line end".into());
    }
    let published = schema::standalone::<T>();
    let validator = jsonschema::validator_for(&published)
        .map_err(|error| format!("its schema does not compile: {error}"))?;
    if let Err(error) = validator.validate(&json) {
        return Err(format!(
            "does not fit its schema: at {}: {error}",
            error.instance_path()
        ));
    }
    let decoded: T =
        serde_json::from_str(&text).map_err(|error| format!("cannot be decoded: {error}"))?;
    let encoded =
        serde_json::to_value(&decoded).map_err(|error| format!("cannot be encoded: {error}"))?;
    if encoded != json {
        return Err(format!(
            "comes back as\n{}",
            serde_json::to_string_pretty(&encoded).unwrap()
        ));
    }
    let empty: Vec<String> = properties(&published)
        .into_iter()
        .filter(|field| json.get(field).is_none())
        .collect();
    if empty.is_empty() {
        Ok(())
    } else {
        Err(format!("shows no value for {}", empty.join(", ")))
    }
}

/// Names of the fields of an object, at its first level.
fn properties(schema: &Value) -> Vec<String> {
    schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

impl MethodVisitor for Examples {
    fn method<M: Method>(&mut self) {
        self.check::<M::Params>(M::SPEC.name, "params");
        self.check::<M::Result>(M::SPEC.name, "result");
        if std::any::TypeId::of::<M::Ack>() != std::any::TypeId::of::<NoAck>() {
            self.check::<M::Ack>(M::SPEC.name, "ack");
        }
    }
}

impl EventVisitor for Examples {
    fn event<E: Event>(&mut self) {
        self.check::<E::Payload>(E::SPEC.name, "event");
    }
}

impl CommandVisitor for Examples {
    fn command<C: Command>(&mut self) {
        self.check::<C::Params>(C::SPEC.name, "command.params");
        self.check::<C::Result>(C::SPEC.name, "command.result");
    }
}

#[test]
fn every_row_has_an_example_that_fits_and_comes_back_the_same() {
    let mut examples = Examples::default();
    visit_all(&mut examples);
    visit_all_events(&mut examples);
    visit_all_commands(&mut examples);
    let there = std::fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap());
    for file in there.filter(|file| !examples.asked_for.contains(file)) {
        examples.problems.push(format!(
            "crates/protocol/golden/{file}: belongs to no row of the catalog: delete it"
        ));
    }
    assert!(
        examples.problems.is_empty(),
        "{}",
        examples.problems.join("\n")
    );
}
