//! Changing the file by a command: comments and layout stay, and a change that would make the file
//! invalid is not written.

use std::path::{Path, PathBuf};

use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};
use serde_json::Value;

use super::document::json5;
use super::file::{judge, read, without_bom};
use super::finding::Finding;
use super::overrides::ConfigError;
use super::template::{FIRST_FILE, write_whole};

/// The file with changes that are not written yet.
pub(crate) struct Edit {
    path: PathBuf,
    root: CstRootNode,
}

impl Edit {
    /// Reads the file; where there is none, the one of a first start.
    ///
    /// # Errors
    /// It cannot be read, or it is invalid as it is.
    pub(crate) fn open(path: &Path) -> Result<Self, ConfigError> {
        // A link stays a link: what it names is written.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let invalid = |findings| ConfigError::Invalid {
            path: path.clone(),
            findings,
        };
        let text = read(&path).map_err(|finding| invalid(vec![finding]))?;
        let text = text.unwrap_or_else(|| FIRST_FILE.to_owned());
        let text = without_bom(&text);
        let judged = judge(text);
        if judged.config.is_none() {
            return Err(invalid(judged.errors));
        }
        let root = CstRootNode::parse(text, &json5()).map_err(|error| {
            invalid(vec![Finding {
                path: String::new(),
                message: error.kind().to_string(),
                at: None,
            }])
        })?;
        Ok(Self { path, root })
    }

    /// Sets a key; objects on the way to it are made.
    pub(crate) fn set(&self, keys: &[&str], value: &Value) {
        let Some((last, way)) = keys.split_last() else {
            return;
        };
        let mut object = self.root.object_value_or_set();
        for key in way {
            object = object.object_value_or_set(key);
        }
        match object.get(last) {
            Some(property) => property.set_value(input(value)),
            None => {
                object.append(last, input(value));
            }
        }
    }

    /// Takes a key away. Says whether it was there.
    pub(crate) fn remove(&self, keys: &[&str]) -> bool {
        let Some((last, way)) = keys.split_last() else {
            return false;
        };
        let root = self.root.object_value();
        let object = way.iter().try_fold(root, |object, key| {
            let object: Option<CstObject> = object;
            object.map(|object| object.object_value(key))
        });
        let property = object.flatten().and_then(|object| object.get(last));
        let found = property.is_some();
        if let Some(property) = property {
            property.remove();
        }
        found
    }

    /// Writes the file.
    ///
    /// # Errors
    /// It would be invalid now, or it cannot be written.
    pub(crate) fn save(&self) -> Result<(), ConfigError> {
        let text = self.root.to_string();
        let judged = judge(&text);
        if judged.config.is_none() {
            return Err(ConfigError::Invalid {
                path: self.path.clone(),
                findings: judged.errors,
            });
        }
        write_whole(&self.path, &text).map_err(|error| {
            let path = self.path.display();
            ConfigError::Unusable(format!(
                "the configuration {path} cannot be written: {error}"
            ))
        })
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(yes) => CstInputValue::Bool(*yes),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(list) => CstInputValue::Array(list.iter().map(input).collect()),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), input(value)));
            CstInputValue::Object(entries.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn edited(text: &str, change: impl FnOnce(&Edit)) -> Result<String, ConfigError> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("tidegate.json");
        std::fs::write(&path, text).unwrap();
        let edit = Edit::open(&path)?;
        change(&edit);
        edit.save()?;
        Ok(std::fs::read_to_string(&path).unwrap())
    }

    #[test]
    fn comments_stay_and_what_was_not_meant_is_as_it_was() {
        let before = "{\n  // The door.\n  gateway: { port: 0x4965 }, // as always\n}\n";
        let after = edited(before, |edit| {
            edit.set(&["gateway", "bind"], &json!("lan"));
            edit.set(&["logging", "level"], &json!("debug"));
        })
        .unwrap();
        assert!(
            after.contains("// The door.") && after.contains("// as always"),
            "{after}"
        );
        assert!(after.contains("0x4965"), "{after}");
        let config = judge(&after).config.unwrap();
        assert_eq!(config.gateway.port, 0x4965);
        assert_eq!(config.gateway.bind, super::super::Bind::Lan);
        let back = edited(&after, |edit| {
            assert!(edit.remove(&["logging", "level"]));
            assert!(edit.remove(&["gateway", "bind"]));
            assert!(!edit.remove(&["gateway", "bind"]));
            assert!(!edit.remove(&["no", "such", "key"]));
        })
        .unwrap();
        assert_eq!(
            judge(&back).config.unwrap().gateway,
            judge(before).config.unwrap().gateway
        );
        assert!(back.contains("// The door."), "{back}");
    }

    #[test]
    fn nothing_is_written_that_would_not_be_read_again() {
        let before = "{ gateway: { port: 1 } }\n";
        let refused = edited(before, |edit| edit.set(&["gateway", "prot"], &json!(2)));
        assert!(matches!(refused, Err(ConfigError::Invalid { .. })));
        let broken = edited("{ gateway: ", |_| {});
        assert!(matches!(broken, Err(ConfigError::Invalid { .. })));
    }

    #[test]
    fn a_first_file_keeps_its_comments_and_a_link_stays_one() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("tidegate.json");
        let edit = Edit::open(&path).unwrap();
        edit.set(&["gateway", "port"], &json!(7));
        edit.save().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(judge(&text).config.unwrap().gateway.port, 7);
        assert!(text.contains("//"), "{text}");

        let link = home.path().join("link.json");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let edit = Edit::open(&link).unwrap();
        edit.set(&["gateway", "port"], &json!(8));
        edit.save().unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(judge(&text).config.unwrap().gateway.port, 8);
    }
}
