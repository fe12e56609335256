//! The shapes that the catalog publishes.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tidegate_protocol::catalog::{visit_all, visit_all_events};
use tidegate_protocol::{Event, EventVisitor, Method, MethodVisitor, schema};

/// One published shape.
pub(super) struct Shape {
    validator: Validator,
    /// Decodes and encodes.
    through: fn(&Value) -> Result<Value, serde_json::Error>,
}

impl Shape {
    fn of<T: Serialize + DeserializeOwned + schemars::JsonSchema>() -> Self {
        let validator = jsonschema::validator_for(&schema::standalone::<T>()).unwrap();
        let through =
            |value: &Value| serde_json::to_value(serde_json::from_str::<T>(&value.to_string())?);
        Self { validator, through }
    }

    pub(super) fn holds(&self, what: &str, payload: &Value) {
        if let Err(error) = self.validator.validate(payload) {
            panic!("{what}: at {}: {error}\n{payload}", error.instance_path());
        }
        let through = (self.through)(payload).unwrap();
        assert_eq!(through, *payload, "{what}: something is not declared");
    }
}

#[derive(Default)]
pub(super) struct Shapes {
    pub(super) results: BTreeMap<&'static str, Shape>,
    pub(super) acks: BTreeMap<&'static str, Shape>,
    pub(super) events: BTreeMap<&'static str, Shape>,
}

impl MethodVisitor for Shapes {
    fn method<M: Method>(&mut self) {
        self.results.insert(M::SPEC.name, Shape::of::<M::Result>());
        self.acks.insert(M::SPEC.name, Shape::of::<M::Ack>());
    }
}

impl EventVisitor for Shapes {
    fn event<E: Event>(&mut self) {
        self.events.insert(E::SPEC.name, Shape::of::<E::Payload>());
    }
}

pub(super) fn shapes() -> Shapes {
    let mut shapes = Shapes::default();
    visit_all(&mut shapes);
    visit_all_events(&mut shapes);
    shapes
}
