//! Which values are in force and where they came from.

use serde_json::Value;

use super::finding::join;
use super::load::Loaded;
use super::provenance::Source;
use super::schema::{SCHEMA, is_secret, property, resolve};

/// One value that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Explained {
    /// The key with dots.
    pub(crate) path: String,
    /// The value; for a secret only whether it is set, and where.
    pub(crate) value: Value,
    /// Where it came from.
    pub(crate) source: Source,
}

/// A path that no key has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no key \"{path}\"{hint}; all keys: tidegate config schema")]
pub(crate) struct NoSuchKey {
    path: String,
    hint: String,
}

/// What the schema says at a path.
///
/// # Errors
/// There is no such key.
pub(crate) fn schema_at(path: &str) -> Result<&'static Value, NoSuchKey> {
    let mut schema: &'static Value = &SCHEMA;
    let mut walked = String::new();
    for key in path.split('.').filter(|key| !key.is_empty()) {
        let object = resolve(schema);
        let next = property(object, key)
            .or_else(|| {
                object
                    .get("items")
                    .filter(|_| key == "*" || key.parse::<usize>().is_ok())
            })
            .filter(|_| !is_secret(object));
        let Some(next) = next else {
            let hint = super::nearest::hint(object, &walked, key);
            return Err(NoSuchKey {
                path: path.to_owned(),
                hint,
            });
        };
        schema = next;
        walked = join(&walked, key);
    }
    Ok(schema)
}

impl Loaded {
    /// The value in force at a path, secrets replaced; null if it is not set.
    ///
    /// # Errors
    /// There is no such key.
    pub(crate) fn value_at(&self, path: &str) -> Result<Value, NoSuchKey> {
        schema_at(path)?;
        let whole = serde_json::to_value(&self.config).unwrap_or(Value::Null);
        let found = path
            .split('.')
            .filter(|key| !key.is_empty())
            .try_fold(&whole, |value, key| match value {
                Value::Array(items) => key.parse::<usize>().ok().and_then(|i| items.get(i)),
                other => other.get(key),
            });
        Ok(found.cloned().unwrap_or(Value::Null))
    }

    /// Every value at or below a path, with its source.
    ///
    /// # Errors
    /// There is no such key.
    pub(crate) fn explain(&self, path: &str) -> Result<Vec<Explained>, NoSuchKey> {
        let path = path.trim_matches('.');
        let schema = schema_at(path)?;
        let value = self.value_at(path)?;
        let mut found = Vec::new();
        self.collect(schema, &value, path, &mut found);
        let below = |other: &str| {
            path.is_empty() || path == other || other.starts_with(&format!("{path}."))
        };
        // The shared secret is always set: what is not configured was made by the gateway.
        let token = "gateway.auth.token";
        if below(token) && self.config.gateway.auth.token.is_none() {
            found.retain(|one| one.path != token);
            let at = found
                .iter()
                .position(|one| one.path.as_str() > token && one.path.starts_with("gateway."))
                .unwrap_or(found.len());
            let file = self.state_dir.join(crate::owner_token::FILE_NAME);
            let state = if file.exists() {
                "set"
            } else {
                "made at the first start"
            };
            let value = Value::from(format!("{state} (file {})", file.display()));
            found.insert(
                at,
                Explained {
                    path: token.to_owned(),
                    value,
                    source: Source::Default,
                },
            );
        }
        Ok(found)
    }

    fn collect(&self, schema: &Value, value: &Value, path: &str, found: &mut Vec<Explained>) {
        let schema = resolve(schema);
        let source = self.provenance.source(path);
        if is_secret(schema) {
            let value = if value.is_null() {
                Value::Null
            } else {
                format!("set ({})", self.place(value, &source)).into()
            };
            found.push(Explained {
                path: path.to_owned(),
                value,
                source,
            });
            return;
        }
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (key, inner) in map {
                    let inner_schema = property(schema, key).unwrap_or(&Value::Null);
                    self.collect(inner_schema, inner, &join(path, key), found);
                }
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                for (i, item) in items.iter().enumerate() {
                    let inner = schema.get("items").unwrap_or(&Value::Null);
                    self.collect(inner, item, &join(path, &i.to_string()), found);
                }
            }
            // An empty section says nothing.
            Value::Object(_) if path.is_empty() || !self.provenance.in_file(path) => {}
            _ => found.push(Explained {
                path: path.to_owned(),
                value: value.clone(),
                source,
            }),
        }
    }

    /// Where a secret is, in words.
    fn place(&self, reference: &Value, source: &Source) -> String {
        let by = |key: &str| reference.get(key);
        match source {
            Source::Env(name) => return format!("from env {name}"),
            Source::Flag(name) => return format!("from argument {name}"),
            _ => {}
        }
        if let Some(name) = by("env").and_then(Value::as_str) {
            format!("from env {name}")
        } else if let Some(path) = by("file").and_then(Value::as_str) {
            format!("from file {path}")
        } else if let Some(argv) = by("exec").and_then(Value::as_array) {
            format!(
                "from command {}",
                argv.first().and_then(Value::as_str).unwrap_or_default()
            )
        } else {
            format!("in {}", self.config_path.display())
        }
    }
}
