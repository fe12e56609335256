//! A file: reserved, uploaded, shared.

use bytes::Bytes;
use serde_json::{Value, json};

use super::names;

/// A file and where it stands.
#[derive(Debug, Clone)]
pub(in crate::slack) struct File {
    pub(in crate::slack) id: String,
    pub(in crate::slack) name: String,
    pub(in crate::slack) title: String,
    pub(in crate::slack) mimetype: String,
    pub(in crate::slack) user: String,
    /// The size that was announced, in bytes.
    pub(in crate::slack) announced: usize,
    /// Absent until the upload is whole.
    pub(in crate::slack) bytes: Option<Bytes>,
    /// True once `files.completeUploadExternal` has taken it: nobody sees it before.
    pub(in crate::slack) complete: bool,
    /// The secret part of the URL for the upload.
    pub(in crate::slack) ticket: String,
}

impl File {
    /// The file object; `root` is where the server listens.
    pub(in crate::slack) fn to_json(&self, root: &str) -> Value {
        let kind = self.name.rsplit_once('.').map_or("text", |(_, end)| end);
        let base = format!("{root}/files-pri/{}-{}", names::TEAM, self.id);
        json!({
            "id": self.id, "created": 1_700_000_000, "timestamp": 1_700_000_000,
            "name": self.name, "title": self.title, "mimetype": self.mimetype,
            "filetype": kind, "pretty_type": kind.to_uppercase(), "user": self.user,
            "user_team": names::TEAM, "editable": false, "size": self.announced, "mode": "hosted",
            "is_external": false, "external_type": "", "is_public": true,
            "display_as_bot": false, "file_access": "visible",
            "url_private": format!("{base}/{}", path_name(&self.name)),
            "url_private_download": format!("{base}/download/{}", path_name(&self.name)),
            "permalink": format!("{root}/files/{}/{}", self.user, self.id),
        })
    }
}

/// The vendor makes lower case and underscores of everything unusual in a name.
fn path_name(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' | '.' | '-' | '_' => c,
            'A'..='Z' => c.to_ascii_lowercase(),
            _ => '_',
        })
        .collect()
}
