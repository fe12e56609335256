//! Params and answers of commands against what the catalog declares. A command that the catalog
//! does not know passes as it is.

use std::collections::HashMap;
use std::sync::OnceLock;

use jsonschema::Validator;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tidegate_protocol::command::{Command, CommandVisitor};
use tidegate_protocol::{catalog, schema};

/// Characters of a complaint.
const COMPLAINT_CHARS: usize = 300;

/// The declared commands.
pub(super) struct Checks(HashMap<&'static str, Check>);

struct Check {
    params: Side,
    result: Side,
}

/// One side of a command; its schema is compiled when it is first needed.
struct Side {
    read: fn(&Value) -> Result<(), serde_json::Error>,
    schema: fn() -> Value,
    validator: OnceLock<Option<Validator>>,
}

impl Side {
    fn of<T: DeserializeOwned + JsonSchema>() -> Self {
        Self {
            read: |value| T::deserialize(value).map(drop),
            schema: schema::standalone::<T>,
            validator: OnceLock::new(),
        }
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        let empty = Value::Object(Map::new());
        let value = if value.is_null() { &empty } else { value };
        let validator = self
            .validator
            .get_or_init(|| jsonschema::validator_for(&(self.schema)()).ok());
        let Some(validator) = validator else {
            return Err("internal error".into());
        };
        // First the schema, which knows the place.
        validator.validate(value).map_err(|error| {
            let place = error.instance_path().as_str();
            let place = if place.is_empty() { "root" } else { place };
            cut(&format!("at {place}: {}", error.masked()))
        })?;
        (self.read)(value).map_err(|error| cut(&error.to_string()))
    }
}

impl CommandVisitor for Checks {
    fn command<C: Command>(&mut self) {
        let check = Check {
            params: Side::of::<C::Params>(),
            result: Side::of::<C::Result>(),
        };
        self.0.insert(C::SPEC.name, check);
    }
}

impl Checks {
    pub(super) fn new() -> Self {
        let mut checks = Self(HashMap::new());
        catalog::visit_all_commands(&mut checks);
        checks
    }

    /// Whether the catalog declares this command.
    pub(super) fn knows(&self, command: &str) -> bool {
        self.0.contains_key(command)
    }

    /// Whether params are as declared; none at all are an empty object.
    pub(super) fn params(&self, command: &str, params: &Value) -> Result<(), String> {
        self.0
            .get(command)
            .map_or(Ok(()), |check| check.params.check(params))
    }

    /// Whether an answer is as declared; none at all is an empty object.
    pub(super) fn result(&self, command: &str, result: &Value) -> Result<(), String> {
        self.0
            .get(command)
            .map_or(Ok(()), |check| check.result.check(result))
    }
}

fn cut(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(COMPLAINT_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_declared_schema_compiles() {
        for (name, check) in &Checks::new().0 {
            for side in [&check.params, &check.result] {
                assert!(
                    jsonschema::validator_for(&(side.schema)()).is_ok(),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn a_complaint_names_the_place_and_no_value() {
        let checks = Checks::new();
        let why = |params| checks.params("system.which", &params).unwrap_err();
        assert_eq!(why(json!({})), "at root: \"bins\" is a required property");
        let wrong = why(json!({ "bins": ["ls", { "canary": 1 }] }));
        assert!(
            wrong.starts_with("at /bins/1: ") && !wrong.contains("canary"),
            "{wrong}"
        );
        let more = why(json!({ "bins": [], "more": 1 }));
        assert!(
            more.starts_with("at root: ") && more.contains("'more'"),
            "{more}"
        );
    }

    #[test]
    fn both_directions_are_checked_and_foreign_commands_pass() {
        let checks = Checks::new();
        assert_eq!(
            checks.params("system.which", &json!({ "bins": ["ls"] })),
            Ok(())
        );
        for bad in [
            json!({}),
            Value::Null,
            json!({ "bins": "ls" }),
            json!({ "bins": [""] }),
            json!({ "bins": [], "more": 1 }),
            json!([]),
        ] {
            assert!(checks.params("system.which", &bad).is_err(), "{bad}");
        }
        assert_eq!(checks.params("canvas.hide", &Value::Null), Ok(()));
        let good = json!({ "bins": { "ls": "/bin/ls" }, "newer": true });
        assert_eq!(checks.result("system.which", &good), Ok(()));
        assert!(
            checks
                .result("system.which", &json!({ "bins": 1 }))
                .is_err()
        );
        assert_eq!(checks.params("their.own", &json!(["anything"])), Ok(()));
        assert!(!checks.knows("their.own") && checks.knows("sms.send"));
    }
}
