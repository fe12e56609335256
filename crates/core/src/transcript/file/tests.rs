use super::*;

fn photo() -> FilePart {
    FilePart {
        kind: MediaKind::Photo,
        name: Some("a\u{202e}b]\n.png".into()),
        mime: "image/png".into(),
        bytes: 122_880,
        path: "/media/1.png".into(),
    }
}

#[test]
fn people_are_not_told_where_it_lies() {
    let unnamed = FilePart {
        name: None,
        ..photo()
    };
    assert_eq!(unnamed.note(), "[photo: image/png, 120 KB]");
    assert_eq!(
        unnamed.line(),
        "[photo: image/png, 120 KB, in the file /media/1.png]"
    );
    let named = photo().note();
    assert_eq!(named.lines().count(), 1, "{named}");
    assert!(!named.contains('\u{202e}'), "{named}");
}

#[test]
fn a_part_is_read_as_it_was_stored() {
    let parts = vec![
        Part::Text {
            text: "look".into(),
        },
        Part::File(photo()),
        Part::Thinking {
            thinking: "hm".into(),
            signature: Some("P".into()),
        },
    ];
    let json = serde_json::to_string(&parts).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Part>>(&json).unwrap(), parts);
}

#[test]
fn parts_of_before_are_read() {
    let stored =
        r#"[{"type":"text","text":"hi"},{"type":"thinking","thinking":"hm","signature":"P"}]"#;
    let parts: Vec<Part> = serde_json::from_str(stored).unwrap();
    assert_eq!(parts.len(), 2);
    assert_eq!(serde_json::to_string(&parts).unwrap(), stored);
}

/// The parts of a version without files, as it read them.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Before {
    Text { text: String },
    Thinking {},
}

#[test]
fn a_version_without_files_reads_the_words() {
    let stored = serde_json::to_string(&[Part::File(photo())]).unwrap();
    let read: Vec<Before> = serde_json::from_str(&stored).unwrap();
    let [Before::Text { text }] = &read[..] else {
        panic!("{stored}");
    };
    assert_eq!(*text, photo().line());
    assert!(matches!(
        serde_json::from_str(r#"{"type":"thinking"}"#),
        Ok(Before::Thinking {})
    ));
}

#[test]
fn a_part_of_a_newer_version_takes_nothing_else_away() {
    let stored = r#"[{"type":"text","text":"hi"},{"type":"hologram","beams":[1,2]}]"#;
    let parts: Vec<Part> = serde_json::from_str(stored).unwrap();
    let text = |text: &str| Part::Text { text: text.into() };
    assert_eq!(parts, [text("hi"), text(UNKNOWN)]);
}
