//! What the schema of a method lets through, its decoder takes; for random params made from that
//! schema, slips included. One direction only: the schema may be stricter than the decoder.

use jsonschema::Validator;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tidegate_protocol::api::connect::ConnectParams;
use tidegate_protocol::api::sessions::SessionsListParams;
use tidegate_protocol::catalog::visit_all;
use tidegate_protocol::{Method, MethodVisitor, schema, strict};

use crate::choices::Choices;

/// A schema and the decoder that must be at least as generous.
struct Case {
    name: String,
    schema: Value,
    validator: Validator,
    decode: fn(Value) -> Result<(), serde_json::Error>,
}

impl Case {
    fn new<T: DeserializeOwned>(name: &str, schema: Value) -> Self {
        let validator = jsonschema::validator_for(&schema).unwrap();
        Self {
            name: name.to_owned(),
            schema,
            validator,
            decode: |value| serde_json::from_value::<T>(value).map(drop),
        }
    }

    /// Whether the schema let it through. Fails if the decoder then did not.
    fn agree(&self, numbers: &[u32]) -> Result<bool, TestCaseError> {
        let made = Choices::new(numbers, &self.schema).value();
        // The way of a frame: text, the strict parser, the schema, the decoder.
        let text = made.to_string();
        let value = strict::parse(&text).unwrap();
        let valid = self.validator.is_valid(&value);
        if valid && let Err(error) = (self.decode)(value) {
            return Err(TestCaseError::fail(format!(
                "{}: the schema lets this through, the decoder says {error}:\n{text}",
                self.name
            )));
        }
        Ok(valid)
    }
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl MethodVisitor for Cases {
    fn method<M: Method>(&mut self) {
        self.0.push(Case::new::<M::Params>(
            M::SPEC.name,
            schema::standalone::<M::Params>(),
        ));
        self.0.push(Case::new::<M::Result>(
            &format!("the answer of {}", M::SPEC.name),
            schema::standalone::<M::Result>(),
        ));
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Cases::default();
    visit_all(&mut cases);
    cases.0.push(Case::new::<ConnectParams>(
        "connect of January",
        schema::connect_closed(),
    ));
    cases.0.push(Case::new::<ConnectParams>(
        "connect since protocol 4",
        schema::connect_open(),
    ));
    cases.0
}

#[test]
fn what_the_schema_lets_through_the_decoder_takes() {
    let cases = cases();
    let valid: Vec<std::cell::Cell<u32>> = cases.iter().map(|_| std::cell::Cell::new(0)).collect();
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    };
    let rounds = config.cases;
    proptest!(config, |(numbers in proptest::collection::vec(any::<u32>(), 16..160))| {
        for (case, valid) in cases.iter().zip(&valid) {
            valid.set(valid.get() + u32::from(case.agree(&numbers)?));
        }
    });
    for (case, valid) in cases.iter().zip(&valid) {
        let fit = valid.get();
        assert!(
            fit > rounds / 4,
            "{}: only {fit} of {rounds} fit: the generator makes empty talk",
            case.name
        );
        assert!(
            fit < rounds,
            "{}: everything fits: the generator makes no slips",
            case.name
        );
    }
}

/// A test of the test: a bound that the schema forgets is found.
#[test]
fn a_schema_that_lets_too_much_through_is_found() {
    let mut generous = schema::standalone::<SessionsListParams>();
    generous["properties"]["limit"]
        .as_object_mut()
        .unwrap()
        .shift_remove("maximum")
        .unwrap();
    let case = Case::new::<SessionsListParams>("sessions.list", generous);
    let numbers = proptest::collection::vec(any::<u32>(), 16..160);
    let found = TestRunner::deterministic().run(&numbers, |numbers| case.agree(&numbers).map(drop));
    found.unwrap_err();
}
