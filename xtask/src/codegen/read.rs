//! JSON Schema, in the forms that schemars gives it, read into the types of the emitters. A
//! keyword that is not understood is an error, never a silent loss.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::ir::{Field, Named, Shape, Type, Word};

/// Keywords that narrow a value or describe it, and leave its type as it is.
const QUIET: &[&str] = &[
    "$comment",
    "$schema",
    "default",
    "deprecated",
    "description",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "propertyNames",
    "readOnly",
    "required",
    "title",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
];

/// Reads the type that a schema stands for.
pub(crate) fn read(schema: &Value) -> Result<Type> {
    let object = match schema {
        Value::Bool(true) => return Ok(Type::Unknown),
        Value::Bool(false) => return Ok(Type::Never),
        Value::Object(object) => object,
        _ => bail!("a schema is an object or a boolean, not {schema}"),
    };
    let mut parts = Vec::new();
    for (key, value) in object {
        match &**key {
            "$ref" => parts.push(Type::Ref(target(value)?)),
            "const" => parts.push(Type::Literal(value.clone())),
            "enum" => parts.push(union(items(value)?.iter().cloned().map(Type::Literal))),
            "oneOf" | "anyOf" => parts.push(union(all(value)?)),
            "allOf" => parts.extend(all(value)?),
            "not" if value == &Value::Object(Map::new()) => parts.push(Type::Never),
            "x-known" => {
                let known = items(value)?.iter().cloned().map(Type::Literal);
                parts.push(union(known.chain([Type::Str])));
            }
            // Read below, together.
            "type" | "properties" | "additionalProperties" | "items" | "prefixItems" => {}
            quiet if QUIET.contains(&quiet) || quiet.starts_with("x-") => {}
            other => bail!("the schema keyword `{other}` is not understood in {schema}"),
        }
    }
    parts.extend(own(object, parts.is_empty())?);
    Ok(match parts.len() {
        0 => Type::Unknown,
        1 => parts.remove(0),
        _ => Type::Both(parts),
    })
}

/// What `type` and its companions say. Beside another keyword that gives the type (`alone` is
/// false) only properties add to it.
fn own(object: &Map<String, Value>, alone: bool) -> Result<Option<Type>> {
    let words: Vec<&str> = match object.get("type") {
        None if object.contains_key("properties") => vec!["object"],
        None => vec![],
        Some(Value::String(word)) => vec![word],
        Some(list) => items(list)?.iter().filter_map(Value::as_str).collect(),
    };
    if !alone && !object.contains_key("properties") {
        return Ok(None);
    }
    let types = words.iter().map(|word| {
        Ok(match *word {
            "null" => Type::Null,
            "boolean" => Type::Bool,
            "integer" | "number" => Type::Number,
            "string" => Type::Str,
            "array" => array(object)?,
            "object" => fields(object)?,
            other => bail!("the type `{other}` is not understood"),
        })
    });
    let types = types.collect::<Result<Vec<_>>>()?;
    Ok(if types.is_empty() {
        None
    } else {
        Some(union(types))
    })
}

fn array(object: &Map<String, Value>) -> Result<Type> {
    if let Some(items) = object.get("prefixItems") {
        return Ok(Type::Tuple(all(items)?));
    }
    let item = object.get("items").map_or(Ok(Type::Unknown), read)?;
    Ok(Type::Array(Box::new(item)))
}

fn fields(object: &Map<String, Value>) -> Result<Type> {
    let Some(properties) = object.get("properties") else {
        return Ok(match object.get("additionalProperties") {
            Some(Value::Bool(false)) => Type::Object(Vec::new()),
            Some(value) => Type::Map(Box::new(read(value)?)),
            None => Type::Map(Box::new(Type::Unknown)),
        });
    };
    let required: Vec<&str> = object
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let properties = properties
        .as_object()
        .context("`properties` is not an object")?;
    let fields = properties.iter().map(|(name, schema)| {
        Ok(Field {
            name: name.clone(),
            doc: doc(schema),
            ty: read(schema).with_context(|| format!("in the field `{name}`"))?,
            required: required.contains(&&**name),
            bounds: bounds(schema),
        })
    });
    Ok(Type::Object(fields.collect::<Result<_>>()?))
}

fn bounds(schema: &Value) -> Option<String> {
    let number = |key: &str| schema.get(key).and_then(Value::as_u64);
    let least = number("minLength").or_else(|| number("minItems"));
    let most = number("maxLength").or_else(|| number("maxItems"));
    match (least.filter(|least| *least > 0), most) {
        (None, None) => None,
        (None, Some(most)) => Some(format!("at most {most}")),
        (Some(least), None) => Some(format!("at least {least}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
    }
}

/// One type out of several: flat, without doubles, and unknown if one of them is.
fn union(types: impl IntoIterator<Item = Type>) -> Type {
    let mut flat: Vec<Type> = Vec::new();
    for ty in types {
        let inner = if let Type::Union(inner) = ty {
            inner
        } else {
            vec![ty]
        };
        for ty in inner {
            if !flat.contains(&ty) {
                flat.push(ty);
            }
        }
    }
    if flat.contains(&Type::Unknown) {
        return Type::Unknown;
    }
    if flat.len() == 1 {
        flat.remove(0)
    } else {
        Type::Union(flat)
    }
}

fn all(list: &Value) -> Result<Vec<Type>> {
    items(list)?.iter().map(read).collect()
}

fn items(value: &Value) -> Result<&Vec<Value>> {
    value
        .as_array()
        .with_context(|| format!("a list is expected, not {value}"))
}

fn target(reference: &Value) -> Result<String> {
    let text = reference
        .as_str()
        .and_then(|text| text.strip_prefix("#/$defs/"));
    Ok(text
        .with_context(|| format!("{reference} does not point into $defs"))?
        .to_owned())
}

/// The description, without the brackets that make a link in Rust's documentation and the space
/// that a `///` leaves at each line.
pub(crate) fn doc(schema: &Value) -> String {
    let text = schema
        .get("description")
        .or_else(|| schema.get("doc"))
        .and_then(Value::as_str);
    let text = text
        .unwrap_or_default()
        .replace("[`", "`")
        .replace("`]", "`");
    let lines = text
        .trim()
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// The words of an enum, in either form that schemars gives it: one list of words, or one
/// branch for each word (or for a few) with what it means.
fn words(schema: &Value) -> Option<Vec<Word>> {
    if let Some(branches) = schema.get("oneOf").and_then(Value::as_array) {
        let words: Option<Vec<Vec<Word>>> = branches.iter().map(words).collect();
        return words.map(|words| words.concat());
    }
    let doc = doc(schema);
    if let Some(word) = schema.get("const") {
        return Some(vec![Word {
            word: word.as_str()?.to_owned(),
            doc,
        }]);
    }
    let list = schema.get("enum")?.as_array()?;
    list.iter()
        .map(|word| {
            Some(Word {
                word: word.as_str()?.into(),
                doc: String::new(),
            })
        })
        .collect()
}

pub(crate) fn read_named(schema: &Value) -> Result<Named> {
    let shape = if let Some(words) = words(schema) {
        Shape::Enum { words, open: false }
    } else {
        match read(schema)? {
            Type::Object(fields) => Shape::Struct(fields),
            Type::Union(branches) => Shape::Union(branches),
            other => Shape::Alias(other),
        }
    };
    Ok(Named {
        doc: doc(schema),
        shape,
    })
}
