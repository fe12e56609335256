//! The gateway's memory while it works: how high it came, and whether it grows.

use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use tokio::time::interval;

use crate::bench::process::{peak_mib, rss_mib};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Looks that a line of best fit needs.
const LEAST_LOOKS: usize = 3;
/// The peak at most, in MiB. Measured: 47 and 51 with 10 000 messages in 750 conversations, 51 with
/// 20 000; about half of it are pages of the program's file.
const MOST_PEAK_MIB: f64 = 64.0;
/// The growth over the second half of the messages at most, in MiB: the slope of the line of best
/// fit, times its length. Measured: 2.7 and 4.4 with 10 000 messages, 2.1 with 20 000; 7.3 with readers
/// that have no threads of their own (docs/performance.md).
const MOST_GROWTH_MIB: f64 = 7.0;

/// What was seen.
pub(super) struct Memory {
    pid: u32,
    /// Messages answered so far, and MiB.
    looks: Vec<(f64, f64)>,
}

/// What the looks come to.
#[derive(Debug)]
pub(super) struct Course {
    first_mib: f64,
    last_mib: f64,
    peak_mib: f64,
    slope_kib: f64,
    growth_mib: f64,
    looks: usize,
}

impl Memory {
    pub(super) fn of(pid: u32) -> Self {
        Self {
            pid,
            looks: Vec::new(),
        }
    }

    /// Looks every second. Ends only with an error: the process is gone.
    #[expect(clippy::cast_precision_loss, reason = "messages: far below 2^52")]
    pub(super) async fn watch(&mut self, progress: &ProgressBar) -> Result<()> {
        let mut ticks = interval(LOOK_EVERY);
        loop {
            ticks.tick().await;
            let answered = progress.position() as f64;
            self.looks.push((answered, rss_mib(self.pid)?));
        }
    }

    /// What was seen, and the kernel's own peak.
    pub(super) fn course(&self) -> Result<Course> {
        let half = self
            .looks
            .last()
            .map_or(0.0, |(answered, _)| answered / 2.0);
        let begin = self.looks.partition_point(|(answered, _)| *answered < half);
        let (_, second) = self.looks.split_at(begin);
        let (Some(first), Some(begin), Some(end)) =
            (self.looks.first(), second.first(), second.last())
        else {
            bail!("nobody looked at the memory");
        };
        if second.len() < LEAST_LOOKS {
            bail!("too few messages: the soak was over before its memory could be looked at");
        }
        let slope = slope(second);
        Ok(Course {
            first_mib: first.1,
            last_mib: end.1,
            peak_mib: peak_mib(self.pid)?,
            slope_kib: slope * 1024.0,
            growth_mib: slope * (end.0 - begin.0),
            looks: self.looks.len(),
        })
    }
}

impl Course {
    /// Whether both bounds hold.
    ///
    /// # Errors
    /// Which does not.
    pub(super) fn judge(&self) -> Result<()> {
        if self.peak_mib > MOST_PEAK_MIB {
            bail!(
                "the peak is {:.1} MiB, {MOST_PEAK_MIB} at most",
                self.peak_mib
            );
        }
        if self.growth_mib > MOST_GROWTH_MIB {
            bail!(
                "memory grows by {:.1} MiB in the second half, {MOST_GROWTH_MIB} at most",
                self.growth_mib
            );
        }
        Ok(())
    }
}

impl std::fmt::Display for Course {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rows = [
            ("at the beginning, MiB", self.first_mib, None),
            ("at the end, MiB", self.last_mib, None),
            ("peak, MiB", self.peak_mib, Some(MOST_PEAK_MIB)),
            (
                "growth over the second half, MiB",
                self.growth_mib,
                Some(MOST_GROWTH_MIB),
            ),
            ("the same, KiB per message", self.slope_kib, None),
        ];
        writeln!(f, "{:<34}{:>8}{:>9}", "gateway's memory", "", "at most")?;
        for (name, value, most) in rows {
            let most = most.map_or(String::new(), |most| format!("{most:.1}"));
            writeln!(f, "{name:<34}{value:>8.2}{most:>9}")?;
        }
        write!(f, "{:<34}{:>8}", "looks, one a second", self.looks)
    }
}

/// The slope of the line of best fit; 0 for less than two points.
fn slope(points: &[(f64, f64)]) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "looks of a soak: far below 2^52"
    )]
    let count = points.len().max(1) as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let spread: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let common: f64 = points
        .iter()
        .map(|(x, y)| (x - mean_x) * (y - mean_y))
        .sum();
    if spread > 0.0 { common / spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_that_of_the_line() {
        assert!((slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]) - 2.0).abs() < 1e-9);
        assert!(slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 1.0)]).abs() < 1e-9);
        assert!(slope(&[(3.0, 1.0)]).abs() < 1e-9 && slope(&[]).abs() < 1e-9);
    }

    fn course(peak_mib: f64, growth_mib: f64) -> Course {
        Course {
            first_mib: 15.0,
            last_mib: 20.0,
            peak_mib,
            slope_kib: 1.0,
            growth_mib,
            looks: 60,
        }
    }

    #[test]
    fn each_bound_is_held_by_itself() {
        assert!(course(MOST_PEAK_MIB, MOST_GROWTH_MIB).judge().is_ok());
        assert!(course(MOST_PEAK_MIB + 1.0, 0.0).judge().is_err());
        assert!(course(20.0, MOST_GROWTH_MIB + 0.1).judge().is_err());
    }
}
