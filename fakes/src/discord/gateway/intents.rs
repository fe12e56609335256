//! Which events a session asked for.

use crate::discord::settings::Privileged;

/// Bits of `intents` that the fake has events for, and the privileged ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Intent(u64);

impl Intent {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const GUILDS: Self = Self(1 << 0);
    const GUILD_MEMBERS: Self = Self(1 << 1);
    const GUILD_PRESENCES: Self = Self(1 << 8);
    const GUILD_MESSAGES: Self = Self(1 << 9);
    const GUILD_REACTIONS: Self = Self(1 << 10);
    const GUILD_TYPING: Self = Self(1 << 11);
    const DIRECT_MESSAGES: Self = Self(1 << 12);
    const DIRECT_REACTIONS: Self = Self(1 << 13);
    const DIRECT_TYPING: Self = Self(1 << 14);
    pub(crate) const MESSAGE_CONTENT: Self = Self(1 << 15);
    const GUILD_POLLS: Self = Self(1 << 24);
    const DIRECT_POLLS: Self = Self(1 << 25);
    /// Every bit that the vendor documents: 0 to 16, 20, 21, 24 and 25.
    const KNOWN: Self = Self(0x1_ffff | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25);

    pub(crate) fn messages(dm: bool) -> Self {
        if dm {
            Self::DIRECT_MESSAGES
        } else {
            Self::GUILD_MESSAGES
        }
    }

    pub(crate) fn reactions(dm: bool) -> Self {
        if dm {
            Self::DIRECT_REACTIONS
        } else {
            Self::GUILD_REACTIONS
        }
    }

    pub(crate) fn typing(dm: bool) -> Self {
        if dm {
            Self::DIRECT_TYPING
        } else {
            Self::GUILD_TYPING
        }
    }

    pub(crate) fn polls(dm: bool) -> Self {
        if dm {
            Self::DIRECT_POLLS
        } else {
            Self::GUILD_POLLS
        }
    }

    /// Whether a session that asked for `asked` gets what this stands for.
    pub(crate) fn is_in(self, asked: u64) -> bool {
        asked & self.0 == self.0
    }
}

/// The close code for what may not be asked for: 4013 unknown bits, 4014 not switched on.
pub(crate) fn refusal(asked: u64, privileged: Privileged) -> Option<(u16, &'static str)> {
    if asked & !Intent::KNOWN.0 != 0 {
        return Some((4013, "Invalid intent(s)."));
    }
    let off = [
        (Intent::MESSAGE_CONTENT, privileged.message_content),
        (Intent::GUILD_MEMBERS, privileged.guild_members),
        (Intent::GUILD_PRESENCES, privileged.guild_presences),
    ];
    off.iter()
        .any(|(intent, on)| !on && asked & intent.0 != 0)
        .then_some((4014, "Disallowed intent(s)."))
}

#[cfg(test)]
mod tests {
    use super::{Intent, refusal};
    use crate::discord::settings::Privileged;

    #[test]
    fn privileged_intents_must_be_switched_on() {
        let off = Privileged {
            message_content: false,
            guild_members: false,
            guild_presences: false,
        };
        let on = Privileged {
            message_content: true,
            ..off
        };
        assert_eq!(refusal(1 << 9, off), None);
        assert_eq!(refusal(1 << 15, off).map(|(code, _)| code), Some(4014));
        assert_eq!(refusal(1 << 15, on), None);
        assert_eq!(refusal(1 << 17, on).map(|(code, _)| code), Some(4013));
        assert!(Intent::NONE.is_in(0));
        assert!(!Intent::GUILDS.is_in(1 << 9));
    }
}
