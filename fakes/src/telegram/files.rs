//! Files that the server keeps: uploaded by the bot, or sent by people.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::{Refusal, put};

/// A file to be kept.
#[derive(Debug, Clone)]
pub(super) struct NewFile {
    pub(super) bytes: Bytes,
    /// What the server says of the size; larger than the bytes in tests of limits.
    pub(super) size: u64,
    pub(super) name: Option<String>,
    pub(super) mime: Option<String>,
}

/// A kept file.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) id: String,
    unique: String,
    pub(super) path: String,
    pub(super) new: NewFile,
}

impl File {
    /// The vendor's object for `getFile`, without the path.
    pub(super) fn json(&self) -> Value {
        json!({
            "file_id": self.id,
            "file_unique_id": self.unique,
            "file_size": self.new.size,
        })
    }
}

/// All kept files.
#[derive(Debug, Default)]
pub(super) struct Files {
    by_id: HashMap<String, File>,
    next: u64,
}

impl Files {
    /// Keeps a file and gives the vendor's object for this kind of message.
    pub(super) fn keep(&mut self, kind: &'static str, new: NewFile, more: &Value) -> Value {
        if kind == "photo" {
            return self.keep_photo(&new);
        }
        let (name, mime) = (new.name.clone(), new.mime.clone());
        let mut object = self.add(kind, new).json();
        if let (Some(name), "document" | "audio" | "video" | "animation") = (name, kind) {
            put(&mut object, "file_name", json!(name));
        }
        if let Some(mime) = mime {
            put(&mut object, "mime_type", json!(mime));
        }
        for (field, value) in more.as_object().into_iter().flatten() {
            put(&mut object, field, value.clone());
        }
        object
    }

    /// A photo is an array of sizes, smallest first.
    fn keep_photo(&mut self, new: &NewFile) -> Value {
        let (width, height) = png_size(&new.bytes).unwrap_or((640, 480));
        let mut sizes = Vec::new();
        for longest in [90, u32::MAX] {
            let scale = width.max(height).max(1).div_ceil(longest).max(1);
            let mut size = self.add("photo", new.clone()).json();
            put(&mut size, "width", json!((width / scale).max(1)));
            put(&mut size, "height", json!((height / scale).max(1)));
            sizes.push(size);
        }
        json!(sizes)
    }

    fn add(&mut self, kind: &str, new: NewFile) -> File {
        let number = self.next;
        self.next += 1;
        let ending = new
            .name
            .as_deref()
            .and_then(|name| name.rsplit_once('.'))
            .map_or_else(
                || default_ending(kind).to_owned(),
                |(_, ending)| format!(".{ending}"),
            );
        let file = File {
            id: format!("AgACAgIAAxkBAAI{kind}{number:06}"),
            unique: format!("AQAD{number:06}"),
            path: format!("{kind}s/file_{number}{ending}"),
            new,
        };
        self.by_id.insert(file.id.clone(), file.clone());
        file
    }

    pub(super) fn get(&self, id: &str) -> Option<&File> {
        self.by_id.get(id)
    }

    pub(super) fn by_path(&self, path: &str) -> Option<&File> {
        self.by_id.values().find(|file| file.path == path)
    }
}

fn default_ending(kind: &str) -> &'static str {
    match kind {
        "photo" => ".jpg",
        "voice" => ".oga",
        "sticker" => ".webp",
        "video" | "animation" => ".mp4",
        "audio" => ".mp3",
        _ => "",
    }
}

/// Refuses what cannot be shown as a picture.
pub(super) fn check_photo(bytes: &[u8], most: u64) -> Result<(), Refusal> {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > most {
        return Err(Refusal::bad(format!(
            "file of size {size} bytes is too big for a photo; the maximum size is {most} bytes"
        )));
    }
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let known: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM"];
    if !is_webp && !known.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(Refusal::bad("IMAGE_PROCESS_FAILED"));
    }
    if let Some((width, height)) = png_size(bytes) {
        let (longer, shorter) = (width.max(height), width.min(height).max(1));
        // The vendor's bounds: width and height together at most 10 000, their ratio at most 20.
        if u64::from(width) + u64::from(height) > 10_000 || longer / shorter > 20 {
            return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
        }
    }
    Ok(())
}

fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(b"\x89PNG") {
        return None;
    }
    let number = |at: usize| {
        let four = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four))
    };
    Some((number(16)?, number(20)?))
}
