//! What `config.get` and `config.schema` answer.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;
use tidegate_core::secret::sha256_hex;
use tidegate_protocol::api::config::{ConfigGetResult, ConfigIssue, ConfigSchemaResult, UiHint};

use super::env::Environment;
use super::file::{judge, read};
use super::finding::{Finding, join};
use super::load::Loaded;
use super::redact::redact;
use super::schema::{SCHEMA, is_secret, resolve};

/// The configuration as a client may see it.
#[derive(Debug, Clone)]
pub(crate) struct ConfigView {
    path: PathBuf,
    state_dir: PathBuf,
    in_force: Value,
    warnings: Vec<ConfigIssue>,
    version: &'static str,
}

impl ConfigView {
    /// The view on what was loaded.
    pub(crate) fn new(loaded: &Loaded) -> Self {
        Self {
            path: loaded.config_path.clone(),
            state_dir: loaded.state_dir.clone(),
            in_force: serde_json::to_value(&loaded.config).unwrap_or(Value::Null),
            warnings: loaded.warnings.clone(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// The file as it is now, and what is in force since the start; without secrets. Reads the
    /// file (at most 1 MiB) at each call.
    pub(crate) fn get(&self) -> ConfigGetResult {
        let (text, unreadable) = match read(&self.path) {
            Ok(text) => (text, None),
            Err(finding) => (None, Some(finding)),
        };
        let judged = text.as_deref().map(judge).unwrap_or_default();
        let judged = judged.placed_in(&Environment::of_process(), &self.state_dir, &self.path);
        let shown = text.as_deref().and_then(redact);
        let issues: Vec<_> = unreadable
            .iter()
            .chain(&judged.errors)
            .map(Finding::to_issue)
            .collect();
        let (raw, parsed) = shown.map_or(
            (None, Value::Object(serde_json::Map::new())),
            |(raw, parsed)| (Some(raw), parsed),
        );
        ConfigGetResult {
            path: self.path.display().to_string(),
            exists: text.is_some() || unreadable.is_some(),
            raw: raw.into(),
            parsed,
            valid: issues.is_empty(),
            config: self.in_force.clone(),
            hash: text
                .as_deref()
                .map_or_else(|| sha256_hex(b""), |text| sha256_hex(text.as_bytes())),
            issues,
            warnings: self.warnings.clone(),
            legacy_issues: Vec::new(),
        }
    }

    /// The schema, with hints for a form.
    pub(crate) fn schema(&self, now_ms: u64) -> ConfigSchemaResult {
        let stamp = jiff::Timestamp::from_millisecond(i64::try_from(now_ms).unwrap_or(0))
            .unwrap_or_default();
        ConfigSchemaResult {
            schema: SCHEMA.clone(),
            ui_hints: ui_hints(),
            version: self.version.to_owned(),
            generated_at: format!("{stamp:.3}"),
        }
    }
}

/// One hint for each key; `*` stands for a name of the user's choice or a place in a list.
pub(crate) fn ui_hints() -> BTreeMap<String, UiHint> {
    let mut hints = BTreeMap::new();
    collect(&SCHEMA, "", &mut hints, 12);
    hints
}

fn collect(schema: &Value, path: &str, hints: &mut BTreeMap<String, UiHint>, depth: usize) {
    let target = resolve(schema);
    if depth == 0 || is_secret(target) {
        return;
    }
    let properties = target.get("properties").and_then(Value::as_object);
    for (key, inner) in properties.into_iter().flatten() {
        let inner_path = join(path, key);
        // The words at the key say more than those of its type.
        let help = inner
            .get("description")
            .or_else(|| resolve(inner).get("description"));
        let hint = UiHint {
            label: label(key),
            help: help.and_then(Value::as_str).unwrap_or_default().to_owned(),
            sensitive: is_secret(resolve(inner)),
        };
        hints.insert(inner_path.clone(), hint);
        collect(inner, &inner_path, hints, depth - 1);
    }
    for list in ["items", "additionalProperties"] {
        if let Some(inner) = target.get(list).filter(|inner| inner.is_object()) {
            collect(inner, &join(path, "*"), hints, depth - 1);
        }
    }
}

/// `customBindHost` as `Custom bind host`.
fn label(key: &str) -> String {
    let mut out = String::new();
    for (i, c) in key.chars().enumerate() {
        match c {
            c if i == 0 => out.extend(c.to_uppercase()),
            c if c.is_uppercase() => {
                out.push(' ');
                out.extend(c.to_lowercase());
            }
            c => out.push(c),
        }
    }
    out
}
