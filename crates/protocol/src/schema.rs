//! The catalog as JSON Schema (2020-12): one bundle for other languages, one schema per method
//! for the validators.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::api::connect::ConnectParams;
use crate::catalog;
use crate::command::{Command, CommandVisitor};
use crate::error::ErrorCode;
use crate::event::{Event, EventVisitor};
use crate::frame::ID_BYTES;
use crate::method::{Method, MethodVisitor, NoAck};
use crate::{close, version};

/// Largest integer that every language of our clients holds exactly.
const EXACT_INTEGER: i64 = 9_007_199_254_740_991;

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

/// The schema of one type with everything that it refers to, ready to compile.
pub fn standalone<T: JsonSchema>() -> Value {
    let mut generator = generator();
    let schema = generator.root_schema_for::<T>();
    let mut value = schema.to_value();
    tighten(&mut value);
    value
}

/// `connect` for a client that speaks protocol 3 at most: closed, known ids only.
pub fn connect_closed() -> Value {
    let mut value = standalone::<ConnectParams>();
    walk(&mut value, &mut |object| {
        if let Some(known) = object.shift_remove("x-known") {
            let choices: Vec<Value> = known
                .as_array()
                .into_iter()
                .flatten()
                .map(|word| json!({ "const": word, "type": "string" }))
                .collect();
            object.insert("anyOf".into(), Value::Array(choices));
            object.shift_remove("maxLength");
        }
    });
    value
}

/// `connect` from protocol 4 on: unknown keys are let through.
pub fn connect_open() -> Value {
    let mut value = standalone::<ConnectParams>();
    walk(&mut value, &mut |object| {
        if object.get("additionalProperties") == Some(&Value::Bool(false)) {
            object.shift_remove("additionalProperties");
        }
    });
    value
}

/// The envelope of a request, for telling what is wrong with one.
pub fn request_frame() -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": { "const": "req" },
            "id": { "type": "string", "minLength": 1, "maxLength": ID_BYTES },
            "method": { "type": "string", "minLength": 1 },
            "params": {},
            "traceparent": { "type": "string" },
            "expectedProfileId": { "type": "string" }
        },
        "required": ["type", "id", "method"],
        "additionalProperties": false
    })
}

/// The whole catalog in one document.
pub fn bundle() -> Value {
    let mut bundle = Bundle {
        generator: generator(),
        methods: Map::new(),
        events: Map::new(),
        commands: Map::new(),
    };
    catalog::visit_all(&mut bundle);
    catalog::visit_all_events(&mut bundle);
    catalog::visit_all_commands(&mut bundle);
    let definitions = bundle.generator.take_definitions(true);
    let mut value = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "protocol": { "min": version::PROTOCOL_MIN, "max": version::PROTOCOL_MAX },
        "methods": bundle.methods,
        "events": bundle.events,
        "commands": bundle.commands,
        "closeCodes": close::ALL
            .iter()
            .map(|c| json!({ "code": c.code, "name": c.name, "reconnect": c.reconnect, "doc": c.doc }))
            .collect::<Vec<_>>(),
        "errorCodes": ErrorCode::ALL.iter().map(|c| c.as_str()).collect::<Vec<_>>(),
        "$defs": definitions,
    });
    tighten(&mut value);
    sort_keys_of(&mut value, "$defs");
    value
}

struct Bundle {
    generator: SchemaGenerator,
    methods: Map<String, Value>,
    events: Map<String, Value>,
    commands: Map<String, Value>,
}

impl Bundle {
    fn schema<T: JsonSchema>(&mut self) -> Schema {
        self.generator.subschema_for::<T>()
    }
}

impl MethodVisitor for Bundle {
    fn method<M: Method>(&mut self) {
        let spec = M::SPEC;
        let mut row = json!({
            "doc": spec.doc.trim(),
            "access": spec.access.as_str(),
            "effect": spec.effect.as_str(),
            "since": spec.since,
            "params": self.schema::<M::Params>(),
            "result": self.schema::<M::Result>(),
        });
        if std::any::TypeId::of::<M::Ack>() != std::any::TypeId::of::<NoAck>() {
            let ack = self.schema::<M::Ack>().to_value();
            if let Some(object) = row.as_object_mut() {
                object.insert("ack".into(), ack);
            }
        }
        self.methods.insert(spec.name.into(), row);
    }
}

impl EventVisitor for Bundle {
    fn event<E: Event>(&mut self) {
        let spec = E::SPEC;
        let row = json!({
            "doc": spec.doc.trim(),
            "access": spec.access.as_str(),
            "delivery": spec.delivery.as_str(),
            "payload": self.schema::<E::Payload>(),
        });
        self.events.insert(spec.name.into(), row);
    }
}

impl CommandVisitor for Bundle {
    fn command<C: Command>(&mut self) {
        let spec = C::SPEC;
        let platforms: Vec<&str> = spec.platforms.iter().map(|one| one.as_str()).collect();
        let row = json!({
            "doc": spec.doc.trim(),
            "risk": spec.risk.as_str(),
            "platforms": platforms,
            "queueable": spec.queueable,
            "scope": spec.scope.as_str(),
            "params": self.schema::<C::Params>(),
            "result": self.schema::<C::Result>(),
        });
        self.commands.insert(spec.name.into(), row);
    }
}

/// What schemars leaves open: `null` for every optional field, and the bounds of integers.
fn tighten(value: &mut Value) {
    walk(value, &mut |object| {
        if object.get("x-nullable") != Some(&Value::Bool(true)) {
            strip_null(object);
        }
        bound_integer(object);
    });
}

fn strip_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("enum") {
        choices.retain(|c| !c.is_null());
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|c| c.get("type") != Some(&Value::String("null".into())));
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.shift_remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
    if object.get("default") == Some(&Value::Null) {
        object.shift_remove("default");
    }
}

fn bound_integer(object: &mut Map<String, Value>) {
    let Some(format) = object.get("format").and_then(Value::as_str) else {
        return;
    };
    let (min, max) = match format {
        "uint8" => (0, i64::from(u8::MAX)),
        "uint16" => (0, i64::from(u16::MAX)),
        "uint32" | "uint" => (0, i64::from(u32::MAX)),
        "uint64" => (0, EXACT_INTEGER),
        "int32" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        "int64" => (-EXACT_INTEGER, EXACT_INTEGER),
        "double" => {
            object.shift_remove("format");
            return;
        }
        _ => return,
    };
    object.shift_remove("format");
    object.entry("minimum").or_insert_with(|| json!(min));
    object.entry("maximum").or_insert_with(|| json!(max));
}

fn walk(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|child| walk(child, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, change)),
        _ => {}
    }
}

fn sort_keys_of(value: &mut Value, key: &str) {
    if let Some(Value::Object(object)) = value.get_mut(key) {
        object.sort_keys();
    }
}
