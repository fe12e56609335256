use expect_test::expect_file;
use serde_json::{Value, json};

use super::ir::{Field, Named, Shape, Type, Word};
use super::read::{read, read_named};
use super::{api_md, bundle, ts};

fn field(name: &str, ty: Type, required: bool) -> Field {
    Field {
        name: name.into(),
        doc: String::new(),
        ty,
        required,
        bounds: None,
    }
}

fn shape(schema: &Value) -> Shape {
    read_named(schema).unwrap().shape
}

#[test]
fn simple_types_are_told_apart() {
    let list = [
        (json!(true), Type::Unknown),
        (json!({}), Type::Unknown),
        (json!({"description": "free"}), Type::Unknown),
        (json!(false), Type::Never),
        (json!({"not": {}}), Type::Never),
        (
            json!({"type": "integer", "minimum": 0, "maximum": 9}),
            Type::Number,
        ),
        (json!({"type": "number", "format": "double"}), Type::Number),
        (json!({"type": "boolean"}), Type::Bool),
        (
            json!({"$ref": "#/$defs/A", "description": "x"}),
            Type::Ref("A".into()),
        ),
        (
            json!({"const": 3, "type": "integer"}),
            Type::Literal(json!(3)),
        ),
        (
            json!({"type": "array", "items": {"type": "string"}}),
            Type::Array(Type::Str.into()),
        ),
        (json!({"type": "array"}), Type::Array(Type::Unknown.into())),
        (
            json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}]}),
            Type::Tuple(vec![Type::Str, Type::Null]),
        ),
        (json!({"type": "object"}), Type::Map(Type::Unknown.into())),
        (
            json!({"type": "object", "additionalProperties": {"type": "boolean"}}),
            Type::Map(Type::Bool.into()),
        ),
        (
            json!({"type": "object", "additionalProperties": false}),
            Type::Object(vec![]),
        ),
    ];
    for (schema, expected) in list {
        assert_eq!(read(&schema).unwrap(), expected, "{schema}");
    }
}

#[test]
fn null_comes_in_two_forms() {
    let of_types = json!({"type": ["string", "null"], "x-nullable": true});
    assert_eq!(
        read(&of_types).unwrap(),
        Type::Union(vec![Type::Str, Type::Null])
    );
    let of_branches = json!({"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]});
    assert_eq!(
        read(&of_branches).unwrap(),
        Type::Union(vec![Type::Ref("A".into()), Type::Null])
    );
    let nested = json!({"anyOf": [{"anyOf": [{"type": "null"}, true]}, {"type": "null"}]});
    assert_eq!(read(&nested).unwrap(), Type::Unknown);
}

#[test]
fn an_enum_has_two_forms_and_their_mixture() {
    let word = |word: &str, doc: &str| Word {
        word: word.into(),
        doc: doc.into(),
    };
    let plain = json!({"type": "string", "enum": ["a", "b"]});
    let words = vec![word("a", ""), word("b", "")];
    assert_eq!(shape(&plain), Shape::Enum { words, open: false });
    let mixed = json!({"oneOf": [
        {"type": "string", "enum": ["a"]},
        {"type": "string", "const": "b", "description": "Like [`A`]."}]});
    let words = vec![word("a", ""), word("b", "Like `A`.")];
    assert_eq!(shape(&mixed), Shape::Enum { words, open: false });
}

#[test]
fn a_struct_keeps_the_order_and_the_need_of_its_fields() {
    let schema = json!({"type": "object", "required": ["z"], "additionalProperties": false,
        "properties": {"z": {"type": "string"}, "a": {"type": "integer"}}});
    let fields = vec![field("z", Type::Str, true), field("a", Type::Number, false)];
    assert_eq!(shape(&schema), Shape::Struct(fields));
}

#[test]
fn a_tagged_union_has_a_branch_for_each_tag() {
    let branch = |tag: &str, more: &str| {
        json!({"type": "object", "required": ["kind", more],
        "properties": {"kind": {"type": "string", "const": tag}, more: {"type": "string"}}})
    };
    let schema = json!({"oneOf": [branch("text", "text"), branch("link", "url")]});
    let object = |tag: &str, more: &str| {
        let kind = field("kind", Type::Literal(json!(tag)), true);
        Type::Object(vec![kind, field(more, Type::Str, true)])
    };
    let branches = vec![object("text", "text"), object("link", "url")];
    assert_eq!(shape(&schema), Shape::Union(branches));
}

#[test]
fn a_tag_beside_a_reference_is_both() {
    let schema = json!({"type": "object", "$ref": "#/$defs/A", "required": ["kind"],
        "properties": {"kind": {"type": "string", "const": "a"}}});
    let tag = Type::Object(vec![field("kind", Type::Literal(json!("a")), true)]);
    assert_eq!(
        read(&schema).unwrap(),
        Type::Both(vec![Type::Ref("A".into()), tag])
    );
}

#[test]
fn what_is_not_understood_is_an_error_with_its_place() {
    let schema = json!({"type": "object", "properties": {"a": {"if": {}}}});
    let error = format!("{:#}", read(&schema).unwrap_err());
    assert!(error.contains("`a`") && error.contains("`if`"), "{error}");
    let named = read_named(&json!({"$ref": "elsewhere.json"}));
    assert!(format!("{:#}", named.unwrap_err()).contains("$defs"));
}

fn sample() -> Value {
    json!({
        "protocol": {"min": 3, "max": 4},
        "methods": {
            "chat.send": {"doc": "Says something,\n [`once`].\n\n # Errors\n `UNAVAILABLE`.",
                "access": "operator.write", "effect": "keyed", "since": 3,
                "params": {"$ref": "#/$defs/SendParams"}, "ack": {"$ref": "#/$defs/Ack"},
                "result": {"$ref": "#/$defs/SendResult"}},
            "agents": {"doc": "Lists.", "access": "any", "effect": "read", "since": 4,
                "unstable": true, "params": {"type": "object", "additionalProperties": false},
                "result": true}},
        "commands": {"lamp.on": {"doc": "Turns it on.", "risk": "plain", "platforms": ["linux"],
            "queueable": true, "scope": "operator.write",
            "params": {"type": "object", "properties": {"bright": {"type": "boolean"}}},
            "result": {"type": "object"}}},
        "events": {"tick": {"doc": "Still here.", "access": "any", "delivery": "latest",
            "payload": {"type": "object", "required": ["ts"],
                "properties": {"ts": {"type": "integer", "description": "When."}}}}},
        "closeCodes": [{"code": 1008, "name": "policy", "reconnect": false, "doc": "Refused | not."}],
        "errorCodes": ["UNAVAILABLE", {"code": "INVALID_REQUEST", "doc": "x"}],
        "$defs": {
            "SendParams": {"type": "object", "description": "Params of `chat.send`.",
                "required": ["text", "mode"], "properties": {
                    "text": {"type": "string", "minLength": 1, "maxLength": 9,
                        "description": "What to say */ here."},
                    "mode": {"$ref": "#/$defs/Mode"},
                    "x-odd name": {"type": ["boolean", "null"]},
                    "client": {"type": "string", "x-known": ["cli", "ui"]}}},
            "Mode": {"type": "string", "enum": ["now", "later"]},
            "Ack": {"type": "object", "required": ["state"],
                "properties": {"state": {"$ref": "#/$defs/State"}}},
            "State": {"oneOf": [{"const": "ok", "type": "string", "description": "Good."},
                {"const": "bad", "type": "string"}]},
            "SendResult": {"oneOf": [{"$ref": "#/$defs/Ack"},
                {"type": "object", "required": ["list"], "properties":
                    {"list": {"type": "array", "items": {"$ref": "#/$defs/State"}}}}]}}})
}

#[test]
fn typescript_of_a_small_catalog() {
    let text = ts::emit(&bundle::catalog(&sample()).unwrap());
    expect_file!["sample.ts.txt"].assert_eq(&text);
}

#[test]
fn reference_of_a_small_catalog() {
    let text = api_md::emit(&bundle::catalog(&sample()).unwrap());
    expect_file!["sample.md.txt"].assert_eq(&text);
}

#[test]
fn a_name_that_is_used_must_be_defined() {
    let mut sample = sample();
    sample["methods"]["agents"]["result"] = json!({"$ref": "#/$defs/Nowhere"});
    let error = bundle::catalog(&sample).err().unwrap().to_string();
    assert!(error.contains("`Nowhere`"), "{error}");
}

#[test]
fn an_enum_is_open_where_the_gateway_sends_it() {
    let catalog = bundle::catalog(&sample()).unwrap();
    let open = |name: &str| match &catalog.types.get(name) {
        Some(Named {
            shape: Shape::Enum { open, .. },
            ..
        }) => *open,
        _ => panic!("{name} is no enum"),
    };
    assert!(open("State") && !open("Mode"));
}
