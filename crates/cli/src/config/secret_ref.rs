//! Where a secret is to be found: what the configuration says instead of the secret.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use tidegate_core::Secret;

/// What stands for a secret wherever one would be shown.
pub(crate) const REDACTED: &str = "__TIDEGATE_REDACTED__";
/// Marks a secret in the schema.
pub(crate) const SCHEMA_MARK: &str = "x-secret";

/// A secret of the configuration: itself, or better, where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SecretRef {
    /// The secret itself, in the file.
    Plain(Secret<String>),
    /// The environment variable of this name.
    Env(String),
    /// The file at this path.
    File(String),
    /// What this command prints.
    Exec(Vec<String>),
}

/// The forms with braces.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
enum Reference {
    Env(String),
    File(String),
    Exec(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Shape {
    Plain(String),
    Reference(Reference),
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The words of serde would quote the value: they are replaced.
        let shape =
            Shape::deserialize(deserializer).map_err(|_| serde::de::Error::custom(EXPECTED))?;
        Ok(match shape {
            Shape::Plain(text) => Self::Plain(Secret::new(text)),
            Shape::Reference(Reference::Env(name)) => Self::Env(name),
            Shape::Reference(Reference::File(path)) => Self::File(path),
            Shape::Reference(Reference::Exec(argv)) => Self::Exec(argv),
        })
    }
}

/// What a secret may look like, for messages.
pub(crate) const EXPECTED: &str = r#"{"env": "NAME"}, {"file": "/path"}, {"exec": ["/program", "argument"]} or the secret as a string"#;

impl Serialize for SecretRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn one<S: Serializer, T: Serialize + ?Sized>(
            serializer: S,
            key: &str,
            value: &T,
        ) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(key, value)?;
            map.end()
        }
        match self {
            Self::Plain(_) => serializer.serialize_str(REDACTED),
            Self::Env(name) => one(serializer, "env", name),
            Self::File(path) => one(serializer, "file", path),
            Self::Exec(argv) => one(serializer, "exec", argv),
        }
    }
}

impl JsonSchema for SecretRef {
    fn schema_name() -> Cow<'static, str> {
        "SecretRef".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A secret: where it is (an environment variable, a file, the output of a command), or, less well, the secret itself.",
            "x-secret": true,
            "oneOf": [
                { "type": "string", "minLength": 1, "maxLength": 65536 },
                {
                    "type": "object",
                    "properties": { "env": { "type": "string", "minLength": 1, "maxLength": 256, "description": "Name of an environment variable." } },
                    "required": ["env"],
                    "additionalProperties": false
                },
                {
                    "type": "object",
                    "properties": { "file": { "type": "string", "minLength": 1, "maxLength": 4096, "description": "Absolute path, or one from the home directory (~/)." } },
                    "required": ["file"],
                    "additionalProperties": false
                },
                {
                    "type": "object",
                    "properties": { "exec": { "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 64, "description": "A program with its arguments; it has 5 seconds and prints the secret." } },
                    "required": ["exec"],
                    "additionalProperties": false
                }
            ]
        })
    }
}
