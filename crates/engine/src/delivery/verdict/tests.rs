//! Every error at every stage of a part, for every kind of network.

use tidegate_core::channel::Poll;

use super::*;
use crate::delivery::sample;

const NOW_MS: u64 = 1_000_000;

fn can(keyed_sends: bool, history: bool) -> Capabilities {
    Capabilities {
        keyed_sends,
        history,
        ..sample::can()
    }
}

fn row(state: OutboxState, maybe_sent_since_ms: Option<u64>) -> OutboxRow {
    OutboxRow {
        maybe_sent_since_ms,
        ..sample::row("g", state, NOW_MS + 1)
    }
}

fn case<'a>(row: &'a OutboxRow, can: &'a Capabilities) -> Case<'a> {
    Case {
        row,
        can,
        now_ms: NOW_MS,
        wait: Duration::from_secs(3),
    }
}

fn word(step: &OutboxStep) -> String {
    match step {
        OutboxStep::Sending => "sending".into(),
        OutboxStep::Sent(_) => "sent".into(),
        OutboxStep::Later { not_before_ms, .. } => format!("later {}", not_before_ms - NOW_MS),
        OutboxStep::Ambiguous { not_before_ms, .. } => {
            format!("ambiguous {}", not_before_ms - NOW_MS)
        }
        OutboxStep::Dead { .. } => "dead".into(),
    }
}

#[test]
fn every_error_has_its_end() {
    let text = || "why".to_owned();
    let limited = |retry_after_ms| ChannelError::Limited {
        retry_after_ms,
        account: true,
    };
    let cases = [
        (limited(7000), "later 7000"),
        (limited(0), "later 250"),
        (limited(u64::MAX), "later 3600000"),
        (ChannelError::SignedOut(text()), "later 60000"),
        (ChannelError::NeedsSetup(text()), "later 60000"),
        (ChannelError::Unreachable(text()), "later 3000"),
        (ChannelError::Conflict(text()), "later 3000"),
        (ChannelError::Moved { to: text() }, "later 3000"),
        (ChannelError::Refused(text()), "dead"),
        (ChannelError::Unsupported("this"), "dead"),
        (ChannelError::Unknown(text()), "ambiguous 3000"),
    ];
    let (row, can) = (row(OutboxState::Sending, None), can(false, false));
    for (error, expected) in cases {
        let outcome = Err(error);
        assert_eq!(
            word(&case(&row, &can).after(&outcome)),
            expected,
            "{outcome:?}"
        );
    }
}

#[test]
fn a_second_doubt_ends_a_part_only_where_another_try_could_double_it() {
    let unknown = Err(ChannelError::Unknown("why".into()));
    let doubted = row(OutboxState::Sending, Some(5));
    let mut edit = doubted.clone();
    edit.item.body.replaces = Some("draft".into());
    let mut poll = row(OutboxState::Sending, None);
    poll.item.body.body = Body::Poll(Poll {
        question: "?".into(),
        options: vec!["a".into(), "b".into()],
        max_selections: 1,
        duration_hours: None,
    });
    let table = [
        (&doubted, (false, false), "dead"),
        (&doubted, (true, false), "ambiguous 3000"),
        (&doubted, (false, true), "ambiguous 3000"),
        (&edit, (false, false), "dead"),
        (&edit, (false, true), "ambiguous 3000"),
        (&poll, (false, false), "dead"),
        (&poll, (true, false), "ambiguous 3000"),
    ];
    for (row, (keyed, history), expected) in table {
        let can = can(keyed, history);
        assert_eq!(word(&case(row, &can).after(&unknown)), expected, "{row:?}");
        let dressed = case(row, &can).dressed();
        let marked = dressed.is_none_or(|part| part != row.item.body);
        let doubles = row.maybe_sent_since_ms.is_some() && expected == "dead";
        assert_eq!(marked, doubles, "{row:?}");
    }
}

#[test]
fn before_a_try_the_old_and_the_crashed_are_taken_out() {
    let can = can(false, false);
    let before = |row: &OutboxRow| case(row, &can).before().map(|step| word(&step));
    assert_eq!(before(&row(OutboxState::Prepared, None)), None);
    assert_eq!(before(&row(OutboxState::Ambiguous, Some(5))), None);
    let crashed = row(OutboxState::Sending, None);
    assert_eq!(before(&crashed).as_deref(), Some("ambiguous 0"));
    let again = row(OutboxState::Sending, Some(5));
    assert_eq!(before(&again).as_deref(), Some("dead"));
    let mut old = row(OutboxState::Prepared, None);
    old.item.expires_at_ms = NOW_MS;
    assert_eq!(before(&old).as_deref(), Some("dead"));
    let Some(OutboxStep::Dead { reason }) = case(&old, &can).before() else {
        panic!("it is too old")
    };
    assert_eq!(reason, "expired before it could be sent");
    old.state = OutboxState::Sending;
    let Some(OutboxStep::Dead { reason }) = case(&old, &can).before() else {
        panic!("it is too old")
    };
    assert!(reason.ends_with("nobody knows whether it arrived"));
}

#[test]
fn waits_double_up_to_a_minute() {
    assert_eq!(backoff(1, 255), Duration::from_secs(1));
    assert_eq!(backoff(1, 0), Duration::from_millis(500));
    assert_eq!(backoff(4, 255), Duration::from_secs(8));
    for tries in [7, 20, u32::MAX] {
        assert_eq!(backoff(tries, 255), Duration::from_mins(1));
    }
    assert_eq!(backoff(0, 255), Duration::from_secs(1));
}

#[test]
fn a_file_has_time_by_its_size() {
    let mut part = OutboundPart::text("x");
    assert_eq!(deadline(&part), Duration::from_mins(1));
    let media = |bytes| Body::Media {
        media: tidegate_core::channel::OutboundMedia {
            kind: tidegate_core::channel::MediaKind::Document,
            path: "/f".into(),
            name: "f".into(),
            mime: "text/plain".into(),
            bytes,
        },
        markdown: String::new(),
    };
    part.body = media(64 * 1024 * 30);
    assert_eq!(deadline(&part), Duration::from_secs(90));
    part.body = media(u64::MAX);
    assert_eq!(deadline(&part), Duration::from_mins(15));
}
