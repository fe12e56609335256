//! Times, sizes and counts, as people say them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How long ago something was, in words that are true for a while; after two weeks, the day.
pub(crate) fn age(then_ms: u64, now_ms: u64) -> String {
    let ago = now_ms.saturating_sub(then_ms);
    match ago {
        _ if then_ms == 0 => "never".to_owned(),
        0..MINUTE => "just now".to_owned(),
        MINUTE..DAY => format!("{} ago", span(ago)),
        _ if ago < 2 * DAY => "yesterday".to_owned(),
        _ if ago < 15 * DAY => format!("{} ago", span(ago)),
        _ => day(then_ms),
    }
}

/// How long something is so already, as [`age`] says how long ago it began.
pub(crate) fn lasting(since_ms: u64, now_ms: u64) -> String {
    match now_ms.saturating_sub(since_ms) {
        0..MINUTE => "just now".to_owned(),
        long => format!("for {}", span(long)),
    }
}

/// A length of time by its largest unit.
fn span(ms: u64) -> String {
    match ms {
        0..HOUR => format!("{} min", ms / MINUTE),
        HOUR..DAY => format!("{} h", ms / HOUR),
        _ if ms < 2 * DAY => "1 day".to_owned(),
        _ => format!("{} days", ms / DAY),
    }
}

/// The time of the day, in the zone of this host.
pub(crate) fn time_of_day(ms: u64) -> String {
    local(ms, "%H:%M:%S")
}

fn day(ms: u64) -> String {
    local(ms, "%Y-%m-%d")
}

/// The day and the time of the day, to the millisecond.
pub(crate) fn clock_time(ms: u64) -> String {
    local(ms, "%Y-%m-%d %H:%M:%S%.3f")
}

/// In the zone of this host.
fn local(ms: u64, format: &str) -> String {
    i64::try_from(ms)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
        .map_or_else(String::new, |at| {
            at.to_zoned(TimeZone::system()).strftime(format).to_string()
        })
}

/// How long something takes or took.
pub(crate) fn duration(ms: u64) -> String {
    let two = |whole: u64, unit, rest: u64, small| {
        if rest == 0 {
            format!("{whole} {unit}")
        } else {
            format!("{whole} {unit} {rest} {small}")
        }
    };
    match ms {
        0..SECOND => format!("{ms} ms"),
        SECOND..10_000 => format!("{}.{} s", ms / SECOND, ms % SECOND / 100),
        10_000..MINUTE => format!("{} s", ms / SECOND),
        MINUTE..HOUR => two(ms / MINUTE, "min", ms % MINUTE / SECOND, "s"),
        HOUR..DAY => two(ms / HOUR, "h", ms % HOUR / MINUTE, "min"),
        _ => two(
            ms / DAY,
            if ms < 2 * DAY { "day" } else { "days" },
            ms % DAY / HOUR,
            "h",
        ),
    }
}

/// A size in memory.
pub(crate) fn bytes(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    const GIB: u64 = 1024 * MIB;
    let tenths = |unit| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..KIB => format!("{bytes} B"),
        KIB..MIB => format!("{} KiB", bytes / KIB),
        MIB..GIB => format!("{} MiB", tenths(MIB)),
        _ => format!("{} GiB", tenths(GIB)),
    }
}

/// A large number: tokens.
pub(crate) fn count(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        1_000..100_000 => format!("{}.{}k", number / 1_000, number % 1_000 / 100),
        100_000..1_000_000 => format!("{}k", number / 1_000),
        _ => format!("{}.{}M", number / 1_000_000, number % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_words() {
        let now = 1_800_000_000_000;
        let lengths = [0, 59_999, MINUTE, 3 * MINUTE, 5 * HOUR, DAY, 3 * DAY];
        assert_eq!(
            lengths.map(|ago| age(now - ago, now)),
            [
                "just now",
                "just now",
                "1 min ago",
                "3 min ago",
                "5 h ago",
                "yesterday",
                "3 days ago"
            ]
        );
        assert_eq!(
            lengths.map(|ago| lasting(now - ago, now)),
            [
                "just now",
                "just now",
                "for 1 min",
                "for 3 min",
                "for 5 h",
                "for 1 day",
                "for 3 days"
            ]
        );
        assert_eq!(age(0, now), "never");
        assert_eq!(age(now + 5_000, now), "just now", "clocks differ");
        assert!(age(now - 30 * DAY, now).starts_with("2026-12-1"));
    }

    #[test]
    fn durations_sizes_and_counts_are_short() {
        let words = [7, 1_234, 12_000, 61_000, 2 * HOUR, 25 * HOUR, 49 * HOUR].map(duration);
        assert_eq!(
            words,
            [
                "7 ms",
                "1.2 s",
                "12 s",
                "1 min 1 s",
                "2 h",
                "1 day 1 h",
                "2 days 1 h"
            ]
        );
        let words = [5, 2_048, 24_536_678, 5_000_000_000].map(bytes);
        assert_eq!(words, ["5 B", "2 KiB", "23.3 MiB", "4.6 GiB"]);
        let words = [999, 1_234, 128_000, 2_500_000].map(count);
        assert_eq!(words, ["999", "1.2k", "128k", "2.5M"]);
    }
}
