//! What is measured, and what it must reach (the first issue's targets). A row without a target is a
//! figure to compare later ones with.

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Figure {
    ReadyCpu,
    RssIdle,
    RssThousand,
    RssEach,
    Handshake,
    Health,
    HealthBusy,
    LightCalls,
    Fanout,
    FanoutRatio,
    SlowReader,
    CliHealth,
    Stop,
    Binary,
    ToRun,
    ToRunSlowest,
    ToNetwork,
    ToNetworkSlowest,
}

/// The side of the target that is good.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    pub(super) fn is_reached(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtMost(limit) => write!(f, "≤ {limit}"),
            Self::AtLeast(limit) => write!(f, "≥ {limit}"),
        }
    }
}

impl Figure {
    pub(super) const ALL: [Self; 18] = [
        Self::ReadyCpu,
        Self::RssIdle,
        Self::RssThousand,
        Self::RssEach,
        Self::Handshake,
        Self::Health,
        Self::HealthBusy,
        Self::LightCalls,
        Self::Fanout,
        Self::FanoutRatio,
        Self::SlowReader,
        Self::CliHealth,
        Self::Stop,
        Self::Binary,
        Self::ToRun,
        Self::ToRunSlowest,
        Self::ToNetwork,
        Self::ToNetworkSlowest,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ReadyCpu => "CPU until ready, ms",
            Self::RssIdle => "RSS idle, MiB",
            Self::RssThousand => "RSS with 1 000 operators connected, MiB",
            Self::RssEach => "RSS of each of them, KiB",
            Self::Handshake => "CPU per handshake with device signature, ms",
            Self::Health => "CPU per `health` round trip, one client, µs",
            Self::HealthBusy => "The same, 50 clients at once, µs",
            Self::LightCalls => "Light calls per CPU second",
            Self::Fanout => "One event to 1 000 clients, CPU ms",
            Self::FanoutRatio => "The same, ratio to plain tokio TCP",
            Self::SlowReader => "One reader that stops, peak RSS in MiB until it is closed",
            Self::CliHealth => "CLI `health`, CPU ms of the process",
            Self::Stop => "SIGTERM to exit, idle, s",
            Self::Binary => "Binary, MiB",
            Self::ToRun => "Message handed out by its network to run start, ms, p50 of 200",
            Self::ToRunSlowest | Self::ToNetworkSlowest => "The same, p99",
            Self::ToNetwork => "Run end to the call that sends the answer, ms, p50 of 200",
        }
    }

    /// None where no paper names one.
    pub(super) const fn target(self) -> Option<Target> {
        Some(match self {
            Self::ReadyCpu | Self::Health | Self::HealthBusy => Target::AtMost(20.0),
            Self::RssIdle => Target::AtMost(15.0),
            Self::RssThousand | Self::Binary => Target::AtMost(25.0),
            Self::RssEach | Self::CliHealth => Target::AtMost(10.0),
            Self::Handshake | Self::Stop => Target::AtMost(0.2),
            Self::LightCalls => Target::AtLeast(80_000.0),
            Self::Fanout => Target::AtMost(11.0),
            Self::FanoutRatio => Target::AtMost(1.25),
            // The events that may wait for a client of protocol 3.
            Self::SlowReader => Target::AtMost(1.5),
            Self::ToRun | Self::ToRunSlowest | Self::ToNetwork | Self::ToNetworkSlowest => {
                return None;
            }
        })
    }
}

/// The value that `rank` of 100 values do not exceed (nearest rank). None without values.
pub(super) fn percentile(values: &[f64], rank: usize) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() * rank).div_ceil(100).max(1);
    sorted.get(place - 1).copied()
}

/// Median, least and most of some values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Spread {
    /// None without values.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (least, most) = (*sorted.first()?, *sorted.last()?);
        let upper = *sorted.get(sorted.len() / 2)?;
        let lower = *sorted.get((sorted.len() - 1) / 2)?;
        Some(Self {
            median: f64::midpoint(lower, upper),
            least,
            most,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_between_least_and_most() {
        assert_eq!(
            Spread::of(&[3.0, 1.0, 2.0]),
            Some(Spread {
                median: 2.0,
                least: 1.0,
                most: 3.0
            })
        );
        assert_eq!(
            Spread::of(&[4.0, 1.0]).map(|spread| spread.median),
            Some(2.5)
        );
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!(percentile(&values, 50), Some(100.0));
        assert_eq!(percentile(&values, 99), Some(198.0));
        assert_eq!(percentile(&[3.0], 99), Some(3.0));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn a_target_has_a_good_side() {
        assert!(Target::AtMost(2.0).is_reached(2.0) && !Target::AtMost(2.0).is_reached(2.1));
        assert!(Target::AtLeast(2.0).is_reached(2.0) && !Target::AtLeast(2.0).is_reached(1.9));
    }
}
