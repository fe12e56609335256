//! What a peer may send, at the byte where it stops being so.

use proptest::prelude::*;

use super::*;

fn scan(limit: u64, large: usize) -> Scan {
    let limits = Limits {
        message_bytes: usize::try_from(limit).unwrap(),
        ..Limits::PRE_AUTH
    };
    Scan::new(limits, Arc::new(Semaphore::new(large)))
}

fn frame(first: u8, length: usize) -> Vec<u8> {
    let mut bytes = vec![first];
    match length {
        0..=125 => bytes.push(0x80 | u8::try_from(length).unwrap()),
        126..=65535 => {
            bytes.push(0x80 | 0x7e);
            bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        _ => {
            bytes.push(0x80 | 0x7f);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(std::iter::repeat_n(b'x', length));
    bytes
}

#[tokio::test(start_paused = true)]
async fn limits_are_enforced_at_the_header() {
    assert_eq!(
        scan(1000, 0).feed(&frame(0x81, 1001)[..8]),
        Err(OVERSIZE),
        "before any payload"
    );
    let mut s = scan(1000, 0);
    let fragment = frame(0x01, 600);
    s.feed(&fragment).unwrap();
    assert_eq!(
        s.feed(&frame(0x80, 401)),
        Err(OVERSIZE),
        "the sum of fragments counts"
    );
    let mut s = scan(1000, 0);
    s.feed(&frame(0x01, 0)).unwrap();
    for _ in 1..FRAGMENTS_PER_MESSAGE {
        s.feed(&frame(0x00, 0)).unwrap();
    }
    assert_eq!(s.feed(&frame(0x00, 0)), Err(FRAGMENTS));
}

#[tokio::test(start_paused = true)]
async fn ten_control_frames_a_second() {
    let mut s = scan(1000, 0);
    for _ in 0..CONTROL_FRAMES_PER_S {
        s.feed(&frame(0x89, 5)).unwrap();
    }
    assert_eq!(s.feed(&frame(0x89, 5)), Err(CONTROL));
    tokio::time::advance(Duration::from_secs(1)).await;
    s.feed(&frame(0x89, 5)).unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_peers_goodbye_is_found_behind_a_violation() {
    let mut s = scan(10, 0);
    let mut bytes = frame(0x81, 300);
    bytes.extend(frame(0x88, 2));
    assert_eq!(s.feed(&bytes[..100]), Err(OVERSIZE));
    s.leave();
    s.feed(&bytes[100..bytes.len() - 1]).unwrap();
    assert!(!s.close_seen, "one byte of it is missing");
    s.feed(&bytes[bytes.len() - 1..]).unwrap();
    assert!(s.close_seen);
}

#[tokio::test(start_paused = true)]
async fn large_messages_share_a_budget_and_give_it_back() {
    let size = 600 * 1024;
    let mut s = scan(1 << 30, size);
    s.feed(&frame(0x81, size)).unwrap();
    assert_eq!(s.large.available_permits(), size);
    s.feed(&frame(0x81, size)[..20]).unwrap();
    assert_eq!(s.large.available_permits(), 0);
    assert_eq!(
        scan(1 << 30, size - 1).feed(&frame(0x81, size)),
        Err(NO_ROOM)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// However the bytes are cut, the same frames are seen.
    #[test]
    fn cutting_does_not_matter(lengths in proptest::collection::vec(0usize..70_000, 1..4), cut in 1usize..9000) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _guard = runtime.enter();
        let mut bytes = Vec::new();
        for length in &lengths {
            bytes.extend(frame(0x81, *length));
        }
        let mut s = scan(70_000, 0);
        for piece in bytes.chunks(cut) {
            prop_assert_eq!(s.feed(piece), Ok(()));
        }
        prop_assert!(s.fragments == 0);
        prop_assert_eq!(s.unfinished_bytes(), 0);
    }
}
