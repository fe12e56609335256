//! Frames that break a rule get the right close code, in a close frame that really arrives (T57).

use crate::common::{BINARY, Edge, PING, Raw, TEXT, asks, frame, head};

const READ: &[&str] = &["operator.read"];
const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// A request for `health` of exactly this many bytes.
fn padded(bytes: u64) -> Vec<u8> {
    let request = r#"{"type":"req","id":"p","method":"health","params":{}}"#;
    let mut text = " ".repeat(usize::try_from(bytes).unwrap() - request.len());
    text.push_str(request);
    text.into_bytes()
}

async fn joined(edge: &Edge, newest: u32) -> Raw {
    Raw::joined(edge.addr, &asks(newest, &["operator.write"])).await
}

#[tokio::test]
async fn messages_over_the_limit_close_1009_and_those_at_it_are_served() {
    let edge = Edge::start().await;
    let mut raw = Raw::upgraded(edge.addr).await;
    raw.write(&frame(TEXT, &vec![b' '; 64 * 1024 + 1])).await;
    assert_eq!(
        raw.closed().await,
        Some((1009, String::new())),
        "before hello"
    );

    let mut raw = Raw::upgraded(edge.addr).await;
    let connect = serde_json::json!({ "type": "req", "id": "c", "method": "connect", "params": asks(3, READ) });
    let mut text = connect.to_string();
    text.push_str(&" ".repeat(64 * 1024 - text.len()));
    raw.write(&frame(TEXT, text.as_bytes())).await;
    assert_eq!(raw.json().await["ok"], true, "64 KiB are let through");
    raw.write(&frame(TEXT, &padded(512 * KIB))).await;
    assert_eq!(
        raw.reply("p").await["ok"],
        true,
        "512 KiB are served over protocol 3"
    );
    raw.write(&frame(TEXT, &padded(512 * KIB + 1))).await;
    assert_eq!(
        raw.closed().await,
        Some((1009, String::new())),
        "after hello, protocol 3"
    );

    let mut raw = joined(&edge, 4).await;
    raw.write(&frame(TEXT, &padded(2 * MIB))).await;
    assert_eq!(raw.reply("p").await["ok"], true, "protocol 4 takes more");
    raw.write(&head(TEXT, 25 * MIB + 1, true)).await;
    assert_eq!(
        raw.closed().await,
        Some((1009, String::new())),
        "told at the header, before any payload"
    );
    edge.stopped().await;
}

#[tokio::test]
async fn fragments_count_together() {
    let edge = Edge::start().await;
    let mut raw = joined(&edge, 3).await;
    raw.write(&frame(0x01, &vec![b' '; 400 * 1024])).await;
    raw.write(&head(0x80, 200 * KIB, true)).await;
    assert_eq!(raw.closed().await, Some((1009, String::new())));

    let mut raw = joined(&edge, 3).await;
    let text = padded(640);
    let pieces: Vec<&[u8]> = text.chunks(10).collect();
    assert_eq!(pieces.len(), 64);
    for (index, piece) in pieces.iter().enumerate() {
        let first = if index == 0 {
            0x01
        } else if index == 63 {
            0x80
        } else {
            0x00
        };
        raw.write(&frame(first, piece)).await;
    }
    assert_eq!(
        raw.reply("p").await["ok"],
        true,
        "64 fragments are one message"
    );
    raw.write(&frame(0x01, b"")).await;
    for _ in 0..64 {
        raw.write(&frame(0x00, b"")).await;
    }
    assert_eq!(
        raw.closed().await,
        Some((1008, "too many fragments".into()))
    );
    edge.stopped().await;
}

#[tokio::test]
async fn broken_frames_get_the_close_code_of_their_fault() {
    let edge = Edge::start().await;
    let unmasked = [&head(TEXT, 2, false)[..], b"{}"].concat();
    let odd_close = frame(0x88, &[3]);
    let cases: [(&str, u16, Vec<u8>); 13] = [
        ("unmasked", 1002, unmasked),
        ("RSV1", 1002, frame(TEXT | 0x40, b"{}")),
        ("RSV2", 1002, frame(TEXT | 0x20, b"{}")),
        ("RSV3", 1002, frame(TEXT | 0x10, b"{}")),
        ("reserved data opcode", 1002, frame(0x83, b"{}")),
        ("reserved control opcode", 1002, frame(0x8b, b"")),
        ("continuation of nothing", 1002, frame(0x80, b"{}")),
        (
            "a message within a message",
            1002,
            [frame(0x01, b"{"), frame(TEXT, b"{}")].concat(),
        ),
        ("a fragmented ping", 1002, frame(0x09, b"x")),
        ("a large ping", 1002, frame(PING, &[b'x'; 126])),
        ("half a close code", 1002, odd_close),
        (
            "text that is not UTF-8",
            1007,
            frame(TEXT, &[b'"', 0xff, 0xfe, b'"']),
        ),
        (
            "binary that is not UTF-8",
            1007,
            frame(BINARY, &[0xc3, 0x28]),
        ),
    ];
    for (what, code, bytes) in cases {
        for before_hello in [true, false] {
            let mut raw = if before_hello {
                Raw::upgraded(edge.addr).await
            } else {
                joined(&edge, 4).await
            };
            // The rest of a flood: it must not turn the close frame into a reset.
            raw.write(&[bytes.clone(), frame(TEXT, &[b' '; 4096])].concat())
                .await;
            let close = raw
                .closed()
                .await
                .unwrap_or_else(|| panic!("{what}: no close frame"));
            assert_eq!(close.0, code, "{what}, before hello: {before_hello}");
        }
    }
    edge.stopped().await;
}

#[tokio::test]
async fn a_claimed_terabyte_is_refused_at_its_header() {
    let edge = Edge::start().await;
    for first in [TEXT, 0x01, BINARY] {
        for length in [1 << 40, u64::MAX >> 1, u64::MAX] {
            let mut raw = joined(&edge, 4).await;
            raw.write(&head(first, length, true)).await;
            let (code, _) = raw.closed().await.unwrap();
            assert!(matches!(code, 1002 | 1009), "{length:#x}: {code}");
        }
    }
    edge.stopped().await;
}

#[tokio::test]
async fn pings_are_answered_and_a_flood_of_them_is_not() {
    let edge = Edge::start().await;
    let mut raw = joined(&edge, 4).await;
    for word in [&b"one"[..], b"", &[7; 125]] {
        raw.write(&frame(PING, word)).await;
        let pong = loop {
            match raw.next().await.unwrap() {
                (0x8a, payload) => break payload,
                (first, _) => assert_eq!(first, TEXT),
            }
        };
        assert_eq!(pong, word);
    }
    let flood: Vec<u8> = std::iter::repeat_n(frame(PING, &[b'x'; 125]), 5_000)
        .flatten()
        .collect();
    raw.write(&flood).await;
    assert_eq!(
        raw.closed().await,
        Some((1008, "too many control frames".into()))
    );
    let mut before_hello = Raw::upgraded(edge.addr).await;
    before_hello.write(&flood).await;
    assert_eq!(
        before_hello.closed().await,
        Some((1008, "too many control frames".into()))
    );
    edge.stopped().await;
}

#[tokio::test]
async fn a_goodbye_is_answered_with_its_own_code() {
    let edge = Edge::start().await;
    for (payload, code) in [
        (&[][..], 1005),
        (&[0x03, 0xe8], 1000),
        (&[0x0f, 0xa0, b'x'], 4000),
    ] {
        let mut raw = joined(&edge, 4).await;
        raw.write(&frame(0x88, payload)).await;
        assert_eq!(raw.closed().await.map(|(code, _)| code), Some(code));
    }
    edge.stopped().await;
}
