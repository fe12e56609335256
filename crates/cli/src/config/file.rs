//! Reading and judging the file.

use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::check::check;
use super::document::{Document, Kind, parse};
use super::finding::Finding;
use super::model::Config;
use super::rules::broken;

/// The largest file in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// What a file says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Judged {
    /// What it means; only if nothing is wrong.
    pub(crate) config: Option<Config>,
    /// What makes it invalid.
    pub(crate) errors: Vec<Finding>,
    /// What is odd.
    pub(crate) warnings: Vec<Finding>,
    /// Line and column of each key.
    pub(crate) places: BTreeMap<String, (usize, usize)>,
}

/// Reads a file's text; none if there is no file.
///
/// # Errors
/// It is there and cannot be used: a dangling link, no right to read, not UTF-8, too large.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Finding> {
    let problem = |message: String| Finding {
        path: String::new(),
        message,
        at: None,
    };
    // Not waiting: a named pipe would hold up the start until somebody writes into it.
    let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    let mut file = match std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
    {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return match std::fs::symlink_metadata(path) {
                Ok(_) => Err(problem("the file is a link to nothing".to_owned())),
                Err(_) => Ok(None),
            };
        }
        Err(error) => return Err(problem(format!("the file cannot be read: {error}"))),
    };
    let meta = file
        .metadata()
        .map_err(|error| problem(format!("the file cannot be read: {error}")))?;
    if !meta.is_file() {
        return Err(problem("not a file".to_owned()));
    }
    if meta.permissions().mode() & 0o002 != 0 {
        return Err(problem(format!(
            "anybody may write this file: chmod 600 {}",
            path.display()
        )));
    }
    let mut bytes = Vec::new();
    let read = file.by_ref().take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| problem(format!("the file cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(problem("the file is larger than 1 MiB".to_owned()));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(problem(
            "the file is not UTF-8 text: save it as UTF-8".to_owned(),
        )),
    }
}

/// The text without the mark that some editors put first.
pub(crate) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Judges a text.
pub(crate) fn judge(text: &str) -> Judged {
    let text = without_bom(text);
    match parse(text) {
        Ok(document) => judge_document(text, &document),
        Err(finding) => Judged {
            errors: vec![finding],
            ..Judged::default()
        },
    }
}

fn judge_document(text: &str, document: &Document) -> Judged {
    let newer = newer_keys(document);
    let checked = check(text, &document.root, &newer);
    let mut errors = document.findings.clone();
    errors.extend(checked.errors);
    let places = document.root.places(text);
    let mut judged = Judged {
        config: None,
        errors,
        warnings: checked.warnings,
        places,
    };
    if judged.errors.is_empty() {
        match serde_json::from_value::<Config>(document.root.to_value("", &checked.ignored)) {
            Ok(config) => {
                for (path, message) in broken(&config) {
                    let at = nearest_place(&judged.places, &path);
                    judged.errors.push(Finding { path, message, at });
                }
                judged.config = judged.errors.is_empty().then_some(config);
            }
            // The schema let something through that the types refuse: say so without the value.
            Err(_) => judged.errors.push(Finding {
                path: String::new(),
                message: "a value has a form that is not understood; compare with: tidegate config schema".to_owned(),
                at: None,
            }),
        }
    }
    judged.errors.sort_by_key(|finding| finding.at);
    judged
}

impl Judged {
    /// The place of a key, or of the nearest one above it.
    pub(super) fn nearest_place(&self, path: &str) -> Option<(usize, usize)> {
        nearest_place(&self.places, path)
    }
}

fn nearest_place(places: &BTreeMap<String, (usize, usize)>, path: &str) -> Option<(usize, usize)> {
    let mut current = path;
    loop {
        if let Some(place) = places.get(current) {
            return Some(*place);
        }
        current = current.rsplit_once('.')?.0;
    }
}

/// `meta.newerKeys`, read before anything is judged by it.
fn newer_keys(document: &Document) -> Vec<String> {
    let Kind::Map(entries) = &document.root.kind else {
        return Vec::new();
    };
    let meta = entries
        .iter()
        .find(|entry| entry.key == "meta")
        .map(|entry| &entry.value.kind);
    let Some(Kind::Map(meta)) = meta else {
        return Vec::new();
    };
    let list = meta
        .iter()
        .find(|entry| entry.key == "newerKeys")
        .map(|entry| &entry.value.kind);
    let Some(Kind::List(keys)) = list else {
        return Vec::new();
    };
    keys.iter()
        .filter_map(|key| match &key.kind {
            Kind::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}
