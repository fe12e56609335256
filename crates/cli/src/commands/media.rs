//! `--media`: an address of the web as it is, a file of this host as a link that holds it.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tidegate_core::files::{HEAD_BYTES, size_in_words, sniff};

use crate::exit::Exit;
use crate::output::Failure;

/// Bytes of one file. In base64 it stays below the longest link (`send::LINK_CHARS`).
const FILE_BYTES: u64 = 10 * 1024 * 1024;
/// Bytes of all files of a message. In base64 they stay below the largest frame, 25 MiB.
const ALL_BYTES: u64 = 17 * 1024 * 1024;
/// The type of a file that tells nothing.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// The links of a message, in order.
///
/// # Errors
/// A file cannot be read, or there is too much.
pub(super) fn links(media: &[String]) -> Result<Vec<String>, Failure> {
    let mut room = ALL_BYTES;
    media.iter().map(|media| link(media, &mut room)).collect()
}

fn link(media: &str, room: &mut u64) -> Result<String, Failure> {
    let scheme = media.split_once(':').map(|(scheme, _)| scheme);
    let is_link = scheme.is_some_and(|scheme| {
        let scheme = scheme.to_ascii_lowercase();
        matches!(&*scheme, "https" | "http" | "data")
    });
    if is_link {
        return Ok(media.to_owned());
    }
    let path = Path::new(media);
    let bytes = read(path)?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    *room = room.checked_sub(length).ok_or_else(|| {
        let most = size_in_words(ALL_BYTES);
        Failure::new(
            Exit::Usage,
            format!("--media: the files of one message have at most {most} together"),
        )
        .next("send them in several messages")
    })?;
    let mime = sniff(bytes.get(..HEAD_BYTES).unwrap_or(&bytes)).unwrap_or(UNKNOWN_TYPE);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (name, held) = (encoded(&name), STANDARD.encode(&bytes));
    Ok(format!("data:{mime};name={name};base64,{held}"))
}

/// A whole file, if it is one and not too large.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let wrong = |why: String| Failure::new(Exit::Usage, format!("--media {shown}: {why}"));
    let unreadable = |error: std::io::Error| {
        wrong(error.to_string()).next("name a file, or an https or http address")
    };
    let about = std::fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(wrong("this is no file".into()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.is_empty() {
        return Err(wrong("the file is empty".into()));
    }
    if bytes.len() as u64 > FILE_BYTES {
        let (has, most) = (size_in_words(about.len()), size_in_words(FILE_BYTES));
        return Err(wrong(format!(
            "the file has {has}, and {most} can be sent from here"
        ))
        .next("put it on the web and name its https address: the gateway fetches it"));
    }
    Ok(bytes)
}

/// A name as a setting of a link: all that could mean something there in hexadecimal.
fn encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_as_they_are() {
        let media = ["https://example.com/a", "HTTP://x/", "data:;base64,aGk="];
        let media = media.map(str::to_owned);
        assert_eq!(links(&media).unwrap(), media);
    }

    #[test]
    fn a_file_is_held_by_its_link() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cat; 1,ö.txt");
        std::fs::write(&path, b"\x89PNG\r\n\x1a\n").unwrap();
        let links = links(&[path.display().to_string()]).unwrap();
        let link = "data:image/png;name=cat%3B%201%2C%C3%B6.txt;base64,iVBORw0KGgo=";
        assert_eq!(links, [link]);
    }

    #[test]
    fn what_cannot_be_sent_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: u64| {
            let path = dir.path().join(name);
            File::create(&path).unwrap().set_len(bytes).unwrap();
            path.display().to_string()
        };
        let why = |media: &[String]| links(media).unwrap_err().what;
        assert!(why(&[file("large", FILE_BYTES + 1)]).contains("10.0 MB can be sent from here"));
        assert!(why(&[file("empty", 0)]).ends_with("empty: the file is empty"));
        assert!(why(&[dir.path().display().to_string()]).ends_with("this is no file"));
        assert!(why(&["/no/such/file.png".into()]).starts_with("--media /no/such/file.png: "));
        let two = [file("a", FILE_BYTES), file("b", FILE_BYTES)];
        assert!(why(&two).contains("at most 17.0 MB together"));
        assert!(links(&two[..1]).unwrap()[0].len() < tidegate_protocol::api::send::LINK_CHARS);
    }
}
