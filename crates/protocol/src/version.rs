//! Protocol versions and how one is chosen.

/// The oldest protocol that is spoken here.
pub const PROTOCOL_MIN: u32 = 3;
/// The newest protocol that is spoken here.
pub const PROTOCOL_MAX: u32 = 4;

/// The protocol of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// January 2026.
    V3,
    /// September 2026.
    V4,
}

impl Protocol {
    /// The number on the wire.
    pub const fn number(self) -> u32 {
        match self {
            Self::V3 => 3,
            Self::V4 => 4,
        }
    }

    /// The highest number that both sides speak, if any.
    pub const fn negotiate(min: u32, max: u32) -> Option<Self> {
        if min > max {
            return None;
        }
        if min <= 4 && max >= 4 {
            return Some(Self::V4);
        }
        if min <= 3 && max >= 3 {
            return Some(Self::V3);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Protocol;

    #[test]
    fn the_highest_common_number_wins() {
        assert_eq!(Protocol::negotiate(3, 3), Some(Protocol::V3));
        assert_eq!(Protocol::negotiate(3, 4), Some(Protocol::V4));
        assert_eq!(Protocol::negotiate(1, 9), Some(Protocol::V4));
        assert_eq!(Protocol::negotiate(4, 4), Some(Protocol::V4));
        assert_eq!(Protocol::negotiate(1, 2), None);
        assert_eq!(Protocol::negotiate(5, 9), None);
        assert_eq!(Protocol::negotiate(4, 3), None);
    }
}
