//! Ids as the vendor makes them: time in the upper bits, so that they sort by age.

use std::fmt;

use serde::{Serialize, Serializer};

/// First second of 2015 in Unix milliseconds: where the vendor's ids begin to count.
const EPOCH_MS: u64 = 1_420_070_400_000;
/// Bits below the time: worker, process and a counter; the fake uses them all as a counter.
const COUNTER_BITS: u32 = 22;

/// An id of a user, guild, channel, message, attachment, command or interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snowflake(u64);

impl Snowflake {
    /// Reads an id as it stands in a path or a JSON string: decimal digits, at most 64 bits.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// An id that is a bare number; for tests that ask for what does not exist.
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// When the id was made, Unix milliseconds.
    pub fn made_at_ms(self) -> u64 {
        (self.0 >> COUNTER_BITS) + EPOCH_MS
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Snowflake {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Makes ids that rise, also within one millisecond and when the clock steps back.
#[derive(Debug, Default)]
pub(crate) struct SnowflakeMaker {
    last: u64,
}

impl SnowflakeMaker {
    pub(crate) fn make(&mut self, now_ms: u64) -> Snowflake {
        let by_time = now_ms.saturating_sub(EPOCH_MS) << COUNTER_BITS;
        self.last = by_time.max(self.last + 1);
        Snowflake(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::{Snowflake, SnowflakeMaker};

    #[test]
    fn ids_rise_and_carry_their_time() {
        let mut maker = SnowflakeMaker::default();
        let now = 1_700_000_000_123;
        let first = maker.make(now);
        let second = maker.make(now);
        let late = maker.make(now - 50);
        assert!(first < second && second < late);
        assert_eq!(first.made_at_ms(), now);
        assert_eq!(Snowflake::parse(&first.to_string()), Some(first));
        assert_eq!(Snowflake::parse("12x"), None);
    }

    #[test]
    fn the_vendors_own_example_decodes_to_its_time() {
        let example = Snowflake::from_number(175_928_847_299_117_063);
        assert_eq!(example.made_at_ms(), 1_462_015_105_796);
    }
}
