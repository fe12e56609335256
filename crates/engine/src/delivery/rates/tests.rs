//! No window holds more than is allowed, and what is shown costs answers nothing.

use proptest::prelude::*;
use tidegate_core::channel::{AccountKey, Peer};

use super::*;

fn to(id: &str, kind: PeerKind) -> Target {
    Target {
        account: AccountKey::new("n", "a"),
        peer: Peer {
            kind,
            id: id.into(),
        },
        thread: None,
    }
}

fn rate(count: u32, ms: u64) -> Rate {
    Rate {
        count,
        per: Duration::from_millis(ms),
    }
}

fn rates(account: Rate, direct: Rate, group: Rate, now: Instant) -> Rates {
    let allowed = Allowed {
        account,
        direct,
        group,
    };
    Rates::new(allowed, now)
}

/// When so many go if each goes as soon as it may.
fn greedy(rates: &mut Rates, target: &Target, count: usize, mut now: Instant) -> Vec<Instant> {
    (0..count)
        .map(|_| {
            now = now.max(rates.ready(target));
            rates.take(target, now);
            now
        })
        .collect()
}

fn most_within(times: &[Instant], per: Duration) -> usize {
    times
        .iter()
        .map(|from| {
            let within = times
                .iter()
                .filter(|at| **at >= *from && **at < *from + per);
            within.count()
        })
        .max()
        .unwrap_or(0)
}

proptest! {
    #[test]
    fn a_window_holds_what_is_allowed_and_nearly_that(count in 1_u32..60, ms in 1_u64..90_000) {
        let now = Instant::now();
        let often = rate(1_000_000, 1);
        let mut rates = rates(often, rate(count, ms), often, now);
        let times = greedy(&mut rates, &to("x", PeerKind::Direct), 200, now);
        let per = Duration::from_millis(ms);
        prop_assert!(most_within(&times, per) <= count as usize);
        let took = (times[199] - times[0]).as_secs_f64();
        let best = per.as_secs_f64() * 199.0 / f64::from(count);
        prop_assert!(took <= best * 1.5 + 0.001, "{took} s instead of {best} s");
    }
}

#[test]
fn each_conversation_has_its_kind_of_rate_and_all_share_the_account() {
    let now = Instant::now();
    let mut rates = rates(rate(8, 1000), rate(1, 1000), rate(1, 5000), now);
    let (one, group) = (to("1", PeerKind::Direct), to("g", PeerKind::Group));
    rates.take(&one, now);
    rates.take(&group, now);
    assert!(rates.ready(&one) > now + Duration::from_millis(999));
    assert!(rates.ready(&group) > now + Duration::from_millis(4999));
    assert!(
        rates.ready(&to("2", PeerKind::Direct)) > now,
        "two went at once"
    );
    assert!(rates.ready(&to("2", PeerKind::Direct)) < now + Duration::from_millis(200));
}

#[test]
fn what_is_shown_waits_for_answers_and_never_the_other_way() {
    let now = Instant::now();
    let often = rate(1_000_000, 1);
    let mut rates = rates(often, rate(1, 1000), often, now);
    let target = to("1", PeerKind::Direct);
    assert_eq!(rates.take_spare(&target, now), Ok(()));
    assert!(rates.take_spare(&target, now).is_err());
    assert!(rates.ready(&target) <= now);
    rates.take(&target, now);
    let ready = rates.take_spare(&target, now).unwrap_err();
    assert!(
        ready > now + Duration::from_millis(1999),
        "both are paid for"
    );
    assert_eq!(rates.take_spare(&target, ready), Ok(()));
}

#[test]
fn a_pause_holds_and_a_shorter_one_does_not_end_it() {
    let now = Instant::now();
    let often = rate(1_000_000, 1);
    let mut rates = rates(often, often, often, now);
    let (one, two) = (to("1", PeerKind::Direct), to("2", PeerKind::Direct));
    let secs = Duration::from_secs;
    rates.pause(Some(&one), now, secs(9));
    rates.pause(Some(&one), now, secs(2));
    assert_eq!(rates.ready(&one), now + secs(9));
    assert!(rates.ready(&two) <= now);
    rates.pause(None, now, secs(20));
    assert_eq!(rates.ready(&two), now + secs(20));
    assert_eq!(rates.take_spare(&one, now), Err(now + secs(20)));
}

#[test]
fn memory_is_bounded_and_what_must_wait_is_remembered() {
    let now = Instant::now();
    let mut rates = rates(rate(1_000_000, 1), rate(1, 1000), rate(1, 1000), now);
    let slow = to("slow", PeerKind::Direct);
    rates.pause(Some(&slow), now, Duration::from_mins(5));
    for chat in 0..5 * MAX_TARGETS {
        rates.take(&to(&chat.to_string(), PeerKind::Direct), now);
        assert!(rates.targets.len() <= MAX_TARGETS);
    }
    assert_eq!(rates.ready(&slow), now + Duration::from_mins(5));
}
