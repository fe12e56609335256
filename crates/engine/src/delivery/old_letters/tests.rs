use tidegate_core::store::OutboxState;

use super::*;
use crate::delivery::sample::row;

const HOUR: u64 = 60 * 60 * 1000;
const DAY: u64 = 24 * HOUR;
const NOW_MS: u64 = 100 * DAY;

fn dead(no: u64, group: &str, died_ms: u64) -> OutboxRow {
    OutboxRow {
        no,
        settled_at_ms: Some(died_ms),
        ..row(group, OutboxState::Dead, died_ms)
    }
}

#[test]
fn each_kind_is_kept_for_its_time() {
    for (group, keep_ms) in [
        ("run-1", 30 * DAY),
        ("pairing-n:a-7-1", HOUR),
        ("notice-1", DAY),
    ] {
        let young = dead(1, group, NOW_MS - keep_ms + 1);
        assert_eq!(doomed(&[young], 10, NOW_MS), Vec::<u64>::new(), "{group}");
        let old = dead(1, group, NOW_MS - keep_ms);
        assert_eq!(doomed(&[old], 10, NOW_MS), [1], "{group}");
    }
}

#[test]
fn the_oldest_give_way() {
    let newest: Vec<_> = (1..=5)
        .rev()
        .map(|no| dead(no, &format!("run-{no}"), NOW_MS - 100 + no))
        .collect();
    assert_eq!(doomed(&newest, 3, NOW_MS), [2, 1]);
    assert_eq!(doomed(&newest, 5, NOW_MS), Vec::<u64>::new());
}

#[test]
fn parts_of_one_answer_go_together() {
    let newest = [
        dead(4, "run-2", NOW_MS),
        dead(3, "run-1", NOW_MS),
        dead(2, "run-1", NOW_MS),
        dead(1, "run-0", NOW_MS),
    ];
    assert_eq!(doomed(&newest, 2, NOW_MS), [1], "run-1 stays whole");
    assert_eq!(doomed(&newest, 1, NOW_MS), [3, 2, 1], "or goes whole");
}

#[test]
fn codes_and_notices_bury_nobody() {
    let noise = (0..100).rev().map(|no| {
        let kind = if no % 2 == 0 { "notice" } else { "pairing" };
        dead(1_000 + no, &format!("{kind}-{no}"), NOW_MS - 1)
    });
    let answer = dead(1, "run-1", NOW_MS - DAY);
    let newest: Vec<_> = noise.chain([answer]).collect();
    let doomed = doomed(&newest, 5, NOW_MS);
    assert_eq!(doomed.len(), 100 - MOST_ASIDE);
    assert!(
        !doomed.contains(&1) && !doomed.contains(&1_099),
        "{doomed:?}"
    );
}
