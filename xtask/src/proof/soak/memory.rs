//! The gateway's memory while it works: how high it came, and whether it grows.
//!
//! Growth is that of the process's own memory, along a line through medians: neither pages of the
//! program's file, which a busy machine takes and gives, nor a few looks in the midst of a wave
//! make any.

use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use tokio::time::interval;

use crate::bench::process::{own_mib, peak_mib};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Looks that a line needs: one in each third.
const LEAST_LOOKS: usize = 3;
/// The peak at most, in MiB. Measured: 47 and 51 with 10 000 messages in 750 conversations, 51 with
/// 20 000; about half of it are pages of the program's file.
const MOST_PEAK_MIB: f64 = 64.0;
/// The growth over the second half of the messages at most, in MiB: the slope of the line, times its
/// length. Measured: 0.35 with 500 messages. Of all that is resident, files too, along the line of best
/// fit it was 2.7 and 4.4 with 10 000, and 7.3 with a fault (docs/performance.md).
const MOST_GROWTH_MIB: f64 = 4.0;

/// What was seen.
pub(super) struct Memory {
    pid: u32,
    /// Messages answered so far, and MiB of its own.
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
            self.looks.push((answered, own_mib(self.pid)?));
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
            ("its own at the beginning, MiB", self.first_mib, None),
            ("its own at the end, MiB", self.last_mib, None),
            ("peak with files, MiB", self.peak_mib, Some(MOST_PEAK_MIB)),
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

/// The slope of the line through the medians of the first and of the last third; 0 where these do
/// not lie apart.
fn slope(points: &[(f64, f64)]) -> f64 {
    let third = points.len() / 3;
    let (first, rest) = points.split_at(third);
    let (_, last) = rest.split_at(rest.len() - third);
    let run = middle(last, |point| point.0) - middle(first, |point| point.0);
    let rise = middle(last, |point| point.1) - middle(first, |point| point.1);
    if run > 0.0 { rise / run } else { 0.0 }
}

/// The median of one side of the points, the upper one of two; 0 of none.
fn middle(points: &[(f64, f64)], side: impl Fn(&(f64, f64)) -> f64) -> f64 {
    let mut values: Vec<f64> = points.iter().map(side).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_that_of_the_line() {
        let line = |x: f64| (x, 2.0f64.mul_add(x, 1.0));
        let points: Vec<_> = (0..30).map(|x| line(f64::from(x))).collect();
        assert!((slope(&points) - 2.0).abs() < 1e-9);
        for few in [&points[..0], &points[..1], &[points[3]; 9]] {
            assert!(slope(few).abs() < 1e-9, "{few:?}");
        }
    }

    #[test]
    fn a_few_looks_at_the_wrong_moment_make_no_growth() {
        let flat = |x: u32| (f64::from(x), 15.0 + 0.1 * f64::from(x % 3));
        let mut points: Vec<_> = (0..60).map(flat).collect();
        for at in [0, 41, 47, 53, 59] {
            points[at].1 += 20.0;
        }
        assert!(slope(&points).abs() < 0.01, "{}", slope(&points));
        // Memory that does grow is seen through the same noise.
        for (at, point) in points.iter_mut().enumerate() {
            point.1 += 0.1 * f64::from(u32::try_from(at).unwrap());
        }
        assert!((slope(&points) - 0.1).abs() < 0.02, "{}", slope(&points));
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
