use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{ResetRule, ResetRules};
use crate::routing::ConversationKind;

const NEW_YORK: &str = "EST5EDT,M3.2.0,M11.1.0";
const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
/// Clocks went back at one minute past midnight, to the day before.
const ST_JOHNS: &str = "NST3:30NDT,M4.1.0/0:01,M10.5.0/0:01";

fn zone(rule: &str) -> TimeZone {
    TimeZone::posix(rule).unwrap()
}

fn ms(instant: &str) -> u64 {
    let at: Timestamp = instant.parse().unwrap();
    u64::try_from(at.as_millisecond()).unwrap()
}

/// Zone, hour, last change, now, and whether it is over.
const DAILY: &str = "
    utc       4 2026-11-20T03:59:59Z 2026-11-20T04:00:00Z     over
    utc       4 2026-11-20T03:59:59Z 2026-11-20T03:59:59Z     on
    utc       4 2026-11-20T03:00:00Z 2026-11-20T03:59:59.999Z on
    utc       4 2026-11-20T03:59:59.999Z 2026-11-20T12:00:00Z over
    # What changed exactly on the hour is the new day's already.
    utc       4 2026-11-20T04:00:00Z 2026-11-21T03:59:59Z     on
    utc       4 2026-11-20T04:00:00Z 2026-11-21T04:00:00Z     over
    # An evening and its night are one day.
    utc       4 2026-11-20T23:00:00Z 2026-11-21T03:00:00Z     on
    utc       4 2026-11-19T23:00:00Z 2026-11-21T03:00:00Z     over
    utc       0 2026-11-20T23:59:59Z 2026-11-21T00:00:00Z     over
    utc      23 2026-11-20T23:10:00Z 2026-11-21T22:59:00Z     on
    # The hour is that of the zone.
    berlin    4 2026-11-20T02:59:00Z 2026-11-20T03:00:00Z     over
    berlin    4 2026-07-20T01:59:00Z 2026-07-20T02:00:00Z     over
    new-york  4 2026-11-20T04:30:00Z 2026-11-20T08:59:00Z     on
    new-york  4 2026-11-20T04:30:00Z 2026-11-20T09:00:00Z     over
    # Two o'clock is skipped on the 8th of March: the day changes where the clocks go on.
    new-york  2 2026-03-08T06:30:00Z 2026-03-08T06:59:59Z     on
    new-york  2 2026-03-08T06:30:00Z 2026-03-08T07:00:00Z     over
    new-york  2 2026-03-08T07:30:00Z 2026-03-09T05:59:59Z     on
    new-york  2 2026-03-08T07:30:00Z 2026-03-09T06:00:00Z     over
    # One o'clock comes twice on the 1st of November: the first counts, the second does not.
    new-york  1 2026-11-01T04:59:00Z 2026-11-01T05:00:00Z     over
    new-york  1 2026-11-01T05:30:00Z 2026-11-01T06:30:00Z     on
    new-york  1 2026-11-01T05:30:00Z 2026-11-02T06:00:00Z     over
    # Midnight of the 25th passes, and then the clocks show the 24th again.
    st-johns  0 2026-10-24T20:00:00Z 2026-10-25T02:30:30Z     over
    st-johns  0 2026-10-24T20:00:00Z 2026-10-25T02:40:00Z     over
    st-johns  0 2026-10-25T02:30:30Z 2026-10-25T03:45:00Z     on
    # The clock was set back.
    utc       4 2026-11-20T05:00:00Z 2026-11-20T02:00:00Z     on
    utc       4 2027-01-01T00:00:00Z 2026-11-20T04:00:00Z     on
";

#[test]
fn at_an_hour_of_the_day() {
    let rows = DAILY.lines().map(str::trim);
    let mut seen = 0;
    for row in rows.filter(|row| !row.is_empty() && !row.starts_with('#')) {
        let [place, at_hour, last, now, outcome] = row.split_whitespace().collect::<Vec<_>>()[..]
        else {
            panic!("not a row: {row}");
        };
        let zone = zone(match place {
            "berlin" => BERLIN,
            "new-york" => NEW_YORK,
            "st-johns" => ST_JOHNS,
            _ => "UTC0",
        });
        let reset = ResetRule::Daily {
            at_hour: at_hour.parse().unwrap(),
        };
        assert_eq!(
            reset.is_over(ms(last), ms(now), &zone),
            outcome == "over",
            "{row}"
        );
        seen += 1;
    }
    assert_eq!(seen, 26);
}

#[test]
fn after_a_silence() {
    let reset = ResetRule::Idle { minutes: 60 };
    let hour = 3_600_000;
    let last = ms("2026-11-20T12:00:00Z");
    for (now, over) in [
        (last, false),
        (last + hour, false),
        (last + hour + 1, true),
        (last - hour, false),
        (0, false),
        (u64::MAX, true),
    ] {
        assert_eq!(reset.is_over(last, now, &TimeZone::UTC), over, "{now}");
    }
}

#[test]
fn whichever_is_first_and_never() {
    let both = ResetRule::DailyOrIdle {
        at_hour: 4,
        minutes: 120,
    };
    let last = ms("2026-11-20T03:30:00Z");
    let over = |rule: ResetRule, now| rule.is_over(last, ms(now), &TimeZone::UTC);
    assert!(!over(both, "2026-11-20T03:59:00Z"));
    assert!(over(both, "2026-11-20T04:00:00Z"));
    let last = ms("2026-11-20T12:00:00Z");
    let over = |rule: ResetRule, now| rule.is_over(last, ms(now), &TimeZone::UTC);
    assert!(!over(both, "2026-11-20T14:00:00Z"));
    assert!(over(both, "2026-11-20T14:00:01Z"));
    assert!(!over(ResetRule::Never, "2036-11-20T14:00:01Z"));
}

#[test]
fn each_kind_has_its_rule() {
    let rules = ResetRules {
        direct: ResetRule::Daily { at_hour: 4 },
        group: ResetRule::Idle { minutes: 5 },
        thread: ResetRule::Never,
    };
    assert_eq!(rules.of(ConversationKind::Direct), rules.direct);
    assert_eq!(rules.of(ConversationKind::Group), rules.group);
    assert_eq!(rules.of(ConversationKind::Thread), rules.thread);
}

proptest! {
    /// What is over stays over, and a day and an hour of silence always end it.
    #[test]
    fn over_is_over(
        rule in prop::sample::select(vec!["UTC0", NEW_YORK, BERLIN, ST_JOHNS]),
        at_hour in 0u8..24,
        last in 1_700_000_000_000u64..1_900_000_000_000,
        first in 0u64..100_000_000,
        second in 0u64..100_000_000,
    ) {
        let (reset, zone) = (ResetRule::Daily { at_hour }, zone(rule));
        let over = |after| reset.is_over(last, last + after, &zone);
        prop_assert!(!over(0));
        prop_assert!(!over(first) || over(first + second));
        prop_assert!(over(25 * 3_600_000));
    }
}
