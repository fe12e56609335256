use tempfile::TempDir;
use tidegate_core::channel::MediaKind;
use tidegate_core::transcript::{Part, Speaker};

use super::*;
use crate::agent::fixtures::said;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0000";

/// A message with a file of these bytes, said to be a PNG.
fn with_file(dir: &TempDir, name: &str, bytes: &[u8]) -> Message {
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let file = FilePart {
        kind: MediaKind::Photo,
        name: None,
        mime: "image/png".into(),
        bytes: bytes.len() as u64,
        path,
    };
    said(Speaker::User, &[Part::File(file)], "")
}

fn seen(pictures: &Pictures, history: &[Message]) -> Vec<bool> {
    history
        .iter()
        .flat_map(|message| message.body.files())
        .map(|file| pictures.of_file(file).is_some())
        .collect()
}

#[tokio::test]
async fn the_newest_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let history: Vec<Message> = (0..10)
        .map(|number| with_file(&dir, &number.to_string(), PNG))
        .collect();
    let pictures = Pictures::of(&history, 100).await;
    let expected: Vec<bool> = (0..10).map(|number| number >= 2).collect();
    assert_eq!(seen(&pictures, &history), expected);
    let last = history[9].body.files().next().unwrap();
    let picture = pictures.of_file(last).unwrap();
    assert_eq!(picture.mime, "image/png");
    assert_eq!(STANDARD.decode(&picture.base64).unwrap(), PNG);
}

#[tokio::test]
async fn what_is_no_small_picture_is_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let large: Vec<u8> = PNG.iter().copied().chain([0; 100]).collect();
    let history = [
        with_file(&dir, "text", b"<html>"),
        with_file(&dir, "svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        with_file(&dir, "large", &large),
        with_file(&dir, "gone", PNG),
        with_file(&dir, "empty", b""),
        with_file(&dir, "jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
    ];
    std::fs::remove_file(dir.path().join("gone")).unwrap();
    let pictures = Pictures::of(&history, 100).await;
    let expected = [false, false, false, false, false, true];
    assert_eq!(seen(&pictures, &history), expected);
    let jpeg = history[5].body.files().next().unwrap();
    assert_eq!(pictures.of_file(jpeg).unwrap().mime, "image/jpeg");
}

#[tokio::test]
async fn all_of_them_fit_into_a_request() {
    let dir = tempfile::tempdir().unwrap();
    let mut five_mib = PNG.to_vec();
    five_mib.resize(5 << 20, 0);
    let history: Vec<Message> = (0..6)
        .map(|number| with_file(&dir, &number.to_string(), &five_mib))
        .collect();
    let pictures = Pictures::of(&history, 5 << 20).await;
    let expected = [false, false, true, true, true, true];
    assert_eq!(seen(&pictures, &history), expected);
}
