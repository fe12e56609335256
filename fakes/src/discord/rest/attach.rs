//! Files of a message: what may go up, under which name.

use serde_json::Value;

use super::ask::Upload;
use super::error::{ApiError, TOO_LARGE, TOO_MANY_FILES, invalid, too_long};
use crate::discord::snowflake::Snowflake;
use crate::discord::view::SeenFile;
use crate::discord::world::{StoredFile, World};

/// Files of a message (documented).
const MOST_FILES: usize = 10;
/// Characters of a file's description (documented).
const DESCRIPTION_CHARS: usize = 1024;

/// A file of a draft.
#[derive(Debug, Clone)]
pub(crate) struct NewFile {
    pub(crate) upload: Upload,
    pub(crate) description: Option<String>,
}

impl World {
    pub(super) fn new_files(
        &self,
        json: &Value,
        uploads: &[Upload],
    ) -> Result<Vec<NewFile>, ApiError> {
        if uploads.len() > MOST_FILES {
            return Err(TOO_MANY_FILES.into());
        }
        if uploads
            .iter()
            .any(|upload| upload.bytes.len() > self.settings.file_bytes)
        {
            return Err(TOO_LARGE.into());
        }
        let notes = json
            .get("attachments")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        for (index, note) in notes.iter().enumerate() {
            let key = note_key(note);
            // A short one is the n of a file, a long one the id of a file that stays.
            let kept = key.len() > 2;
            if !kept && !uploads.iter().any(|upload| upload.key == key) {
                let path = format!("attachments.{index}.id");
                return Err(invalid(
                    &path,
                    "UPLOADED_FILE_NOT_FOUND",
                    "This upload was not found",
                ));
            }
        }
        uploads
            .iter()
            .map(|upload| new_file(upload, &notes))
            .collect()
    }

    pub(crate) fn store(&mut self, channel: Snowflake, file: NewFile) -> SeenFile {
        let id = self.make_id();
        let seen = SeenFile {
            id,
            name: shown_name(&file.upload.name),
            content_type: file.upload.content_type,
            description: file.description,
            bytes: file.upload.bytes,
        };
        let stored = StoredFile {
            channel,
            name: seen.name.clone(),
            content_type: seen.content_type.clone(),
            bytes: seen.bytes.clone(),
        };
        self.files.insert(id, stored);
        seen
    }
}

/// The id of an entry of `attachments`: the n of `files[n]`, or the id of a file that stays.
pub(crate) fn note_key(note: &Value) -> String {
    let id = note.get("id").unwrap_or(&Value::Null);
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn new_file(upload: &Upload, notes: &[Value]) -> Result<NewFile, ApiError> {
    let note = notes.iter().find(|note| note_key(note) == upload.key);
    let text = |key: &str| {
        note.and_then(|note| note.get(key)?.as_str())
            .map(str::to_owned)
    };
    let description = text("description");
    if description
        .as_ref()
        .is_some_and(|text| text.chars().count() > DESCRIPTION_CHARS)
    {
        return Err(too_long("attachments.0.description", DESCRIPTION_CHARS));
    }
    let mut upload = upload.clone();
    upload.name = text("filename").unwrap_or(upload.name);
    Ok(NewFile {
        upload,
        description,
    })
}

/// The vendor's idea of a safe name: letters, digits, `._-`, and `_` for spaces.
fn shown_name(name: &str) -> String {
    let spaced = name.replace(' ', "_");
    let kept: String = spaced
        .chars()
        .filter(|c| c.is_alphanumeric() || "._-".contains(*c))
        .collect();
    if kept.is_empty() {
        "unknown".to_owned()
    } else {
        kept
    }
}
