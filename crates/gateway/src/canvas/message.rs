//! One A2UI message as far as keeping it needs: its kind, its surface, and which earlier ones it
//! makes needless. What is in it is the renderer's.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use tidegate_core::canvas::CanvasError;

/// Longest id of a surface in bytes.
const SURFACE_BYTES: usize = 256;

/// The kinds of messages of A2UI 0.8 and 0.9.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Begin,
    Create,
    /// Components by their ids; those of the same id are replaced.
    Components,
    /// 0.8: entries by their keys, below a path; those of the same key are replaced.
    Entries,
    /// 0.9: the value at a path.
    Data,
    Delete,
}

impl Kind {
    /// The kind of a message's body, by its name.
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "beginRendering" => Self::Begin,
            "createSurface" => Self::Create,
            "surfaceUpdate" | "updateComponents" => Self::Components,
            "dataModelUpdate" => Self::Entries,
            "updateDataModel" => Self::Data,
            "deleteSurface" => Self::Delete,
            _ => return None,
        })
    }
}

/// A message with what is known of it.
#[derive(Debug, Clone)]
pub(super) struct SurfaceMessage {
    pub(super) kind: Kind,
    pub(super) surface: String,
    /// Where in the data it writes.
    path: String,
    /// The components or entries that it sets.
    sets: BTreeSet<String>,
    pub(super) bytes: usize,
    pub(super) value: Value,
}

impl SurfaceMessage {
    /// Reads the message at this place of a batch.
    pub(super) fn read(value: &Value, at: usize) -> Result<Self, CanvasError> {
        let wrong = |what: &str| CanvasError::Message(format!("message {}: {what}", at + 1));
        let fields = value.as_object().ok_or_else(|| wrong("is no object"))?;
        let mut bodies = fields
            .iter()
            .filter_map(|(name, body)| Some((Kind::of(name)?, body.as_object()?)));
        let (kind, body) = bodies.next().ok_or_else(|| {
            wrong(
                "holds none of beginRendering, surfaceUpdate, dataModelUpdate, createSurface, updateComponents, \
                 updateDataModel, deleteSurface",
            )
        })?;
        if bodies.next().is_some() {
            return Err(wrong("holds two messages"));
        }
        let surface = body.get("surfaceId").and_then(Value::as_str);
        let surface = surface.filter(|id| !id.is_empty() && id.len() <= SURFACE_BYTES);
        let surface = surface.ok_or_else(|| wrong("has no surfaceId of 1 to 256 bytes"))?;
        let path = body.get("path").and_then(Value::as_str).unwrap_or("/");
        Ok(Self {
            kind,
            surface: surface.to_owned(),
            path: path.to_owned(),
            sets: sets(kind, body),
            bytes: value.to_string().len(),
            value: value.clone(),
        })
    }

    /// Whether everything that an earlier message set is set by this one.
    pub(super) fn covers(&self, old: &Self) -> bool {
        if self.surface != old.surface {
            return false;
        }
        match self.kind {
            Kind::Delete => true,
            Kind::Begin => old.kind == Kind::Begin,
            Kind::Create => false,
            Kind::Data => old.kind == Kind::Data && self.path == old.path,
            Kind::Entries | Kind::Components => {
                self.kind == old.kind && self.path == old.path && self.sets.is_superset(&old.sets)
            }
        }
    }
}

fn sets(kind: Kind, body: &Map<String, Value>) -> BTreeSet<String> {
    let (list, name) = match kind {
        Kind::Components => ("components", "id"),
        Kind::Entries => ("contents", "key"),
        Kind::Begin | Kind::Create | Kind::Data | Kind::Delete => return BTreeSet::new(),
    };
    let items = body.get(list).and_then(Value::as_array);
    let names = items
        .into_iter()
        .flatten()
        .filter_map(|item| item.get(name)?.as_str());
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> SurfaceMessage {
        SurfaceMessage::read(value, 0).unwrap()
    }

    #[test]
    fn a_message_covers_what_it_sets_again_and_no_more() {
        let update = |surface: &str, ids: &[&str]| {
            let components: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
            read(&json!({ "surfaceUpdate": { "surfaceId": surface, "components": components } }))
        };
        assert!(update("a", &["x", "y"]).covers(&update("a", &["x"])));
        assert!(!update("a", &["x"]).covers(&update("a", &["x", "y"])));
        assert!(!update("b", &["x"]).covers(&update("a", &["x"])));
        let data = |path: &str| {
            read(&json!({ "updateDataModel": { "surfaceId": "a", "path": path, "value": 1 } }))
        };
        assert!(data("/n").covers(&data("/n")));
        assert!(!data("/n").covers(&data("/m")));
        let entries = |keys: &[&str]| {
            let contents: Vec<_> = keys.iter().map(|key| json!({ "key": key })).collect();
            read(&json!({ "dataModelUpdate": { "surfaceId": "a", "contents": contents } }))
        };
        assert!(entries(&["k", "l"]).covers(&entries(&["l"])));
        assert!(!entries(&["k"]).covers(&entries(&["l"])));
        let delete = read(&json!({ "deleteSurface": { "surfaceId": "a" } }));
        assert!(delete.covers(&data("/n")) && delete.covers(&update("a", &["x"])));
        assert!(!delete.covers(&update("b", &["x"])));
    }

    #[test]
    fn what_is_none_is_refused_with_its_place() {
        for (value, words) in [
            (json!("x"), "message 3: is no object"),
            (json!({}), "message 3: holds none of"),
            (json!({ "render": {} }), "message 3: holds none of"),
            (
                json!({ "deleteSurface": {} }),
                "message 3: has no surfaceId",
            ),
            (
                json!({ "deleteSurface": { "surfaceId": "" } }),
                "message 3: has no surfaceId",
            ),
            (
                json!({ "deleteSurface": { "surfaceId": "a" }, "createSurface": { "surfaceId": "a" } }),
                "message 3: holds two messages",
            ),
        ] {
            let error = SurfaceMessage::read(&value, 2).unwrap_err().to_string();
            assert!(error.starts_with(words), "{error}");
        }
    }
}
