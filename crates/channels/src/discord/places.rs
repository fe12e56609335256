//! What is known of channels: what they are, whose, and what people call them. Bounded, since
//! strangers make channels; what was forgotten is asked for again.

use std::collections::{HashMap, VecDeque};

use super::api::{ChannelObject, Guild};

/// Channels and threads that are known at once; a guild has 500 channels and 1000 open threads at
/// most.
const MOST_PLACES: usize = 20_000;
/// Guilds that are known at once; a bot with one connection is in 2500 at most.
const MOST_GUILDS: usize = 2500;

/// What a channel is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// With one person.
    Direct,
    /// With some people, outside of guilds.
    Group,
    /// A channel of a guild.
    Room,
    /// A thread of a channel, or a post of a forum.
    Thread {
        /// The channel.
        parent: String,
    },
}

impl Kind {
    /// Whether it belongs to a guild.
    pub(super) const fn is_of_guild(&self) -> bool {
        matches!(self, Self::Room | Self::Thread { .. })
    }
}

/// One channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) guild: Option<String>,
    /// For people.
    pub(super) title: Option<String>,
}

/// What the vendor's number of a channel's type means; none if we do not know, or it is a thread
/// and we do not know whose.
pub(super) fn kind_of(number: u8, parent: Option<&str>) -> Option<Kind> {
    Some(match number {
        1 => Kind::Direct,
        3 => Kind::Group,
        // Text, voice with text, news, stage, forum, gallery.
        0 | 2 | 5 | 13 | 15 | 16 => Kind::Room,
        10..=12 => Kind::Thread {
            parent: parent?.to_owned(),
        },
        _ => return None,
    })
}

/// What is known.
#[derive(Debug, Default)]
pub(super) struct Places {
    places: Bounded<Place>,
    /// Names of guilds.
    guilds: Bounded<String>,
}

impl Places {
    /// What is known of a channel.
    pub(super) fn find(&self, id: &str) -> Option<Place> {
        self.places.map.get(id).cloned()
    }

    /// Learns what a channel is. None if that is of no kind that we know.
    pub(super) fn learn(&mut self, channel: &ChannelObject) -> Option<Place> {
        self.learn_of(channel, channel.guild_id.as_deref())
    }

    /// The same, where the guild stands elsewhere.
    pub(super) fn learn_of(
        &mut self,
        channel: &ChannelObject,
        guild: Option<&str>,
    ) -> Option<Place> {
        let kind = kind_of(channel.kind?, channel.parent_id.as_deref())?;
        let title = self.title(&kind, channel.name.as_deref(), guild);
        let place = Place {
            id: channel.id.clone(),
            kind,
            guild: guild.map(str::to_owned),
            title,
        };
        self.places.put(&channel.id, place.clone(), MOST_PLACES);
        Some(place)
    }

    /// Learns a guild with everything in it.
    pub(super) fn learn_guild(&mut self, guild: &Guild) {
        if let Some(name) = &guild.name {
            self.guilds.put(&guild.id, name.clone(), MOST_GUILDS);
        }
        for channel in guild.channels.iter().chain(&guild.threads) {
            self.learn_of(channel, Some(&guild.id));
        }
    }

    /// The channel is gone.
    pub(super) fn forget(&mut self, id: &str) {
        self.places.map.remove(id);
    }

    /// `#tides (Harbour)`; threads and groups have names of their own.
    fn title(&self, kind: &Kind, name: Option<&str>, guild: Option<&str>) -> Option<String> {
        let name = name.filter(|name| !name.is_empty())?;
        let guild = guild.and_then(|guild| self.guilds.map.get(guild));
        Some(match (kind, guild) {
            (Kind::Room, Some(guild)) => format!("#{name} ({guild})"),
            (Kind::Room, None) => format!("#{name}"),
            _ => name.to_owned(),
        })
    }
}

/// A map in which the oldest entries give way.
#[derive(Debug)]
struct Bounded<T> {
    map: HashMap<String, T>,
    /// Keys by age. One that was taken out of the map stays here until it gives way.
    ages: VecDeque<String>,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Self {
            map: HashMap::new(),
            ages: VecDeque::new(),
        }
    }
}

impl<T> Bounded<T> {
    fn put(&mut self, key: &str, value: T, most: usize) {
        if self.map.insert(key.to_owned(), value).is_some() {
            return;
        }
        self.ages.push_back(key.to_owned());
        while self.ages.len() > most {
            if let Some(oldest) = self.ages.pop_front() {
                self.map.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(id: &str, kind: u8, parent: Option<&str>) -> ChannelObject {
        ChannelObject {
            id: id.into(),
            kind: Some(kind),
            guild_id: Some("7".into()),
            name: Some("tides".into()),
            parent_id: parent.map(Into::into),
        }
    }

    #[test]
    fn a_thread_knows_its_channel_and_a_channel_not_its_category() {
        let mut places = Places::default();
        places.learn_guild(&Guild {
            id: "7".into(),
            name: Some("Harbour".into()),
            channels: vec![channel("1", 0, Some("99"))],
            threads: vec![channel("2", 11, Some("1"))],
        });
        let room = places.find("1").unwrap();
        assert_eq!(
            (room.kind, room.title.as_deref()),
            (Kind::Room, Some("#tides (Harbour)"))
        );
        let thread = places.find("2").unwrap();
        assert_eq!(thread.kind, Kind::Thread { parent: "1".into() });
        assert_eq!(thread.title.as_deref(), Some("tides"));
        places.forget("2");
        assert_eq!(places.find("2"), None);
    }

    #[test]
    fn what_is_of_no_known_kind_is_no_place() {
        let mut places = Places::default();
        for (kind, parent) in [(4, None), (14, None), (99, Some("1")), (11, None)] {
            assert_eq!(places.learn(&channel("1", kind, parent)), None, "{kind}");
        }
        let unknown = ChannelObject {
            kind: None,
            ..channel("1", 0, None)
        };
        assert_eq!(places.learn(&unknown), None);
    }

    #[test]
    fn the_oldest_gives_way() {
        let mut some = Bounded::default();
        for number in 0..10 {
            some.put(&number.to_string(), number, 3);
            some.put("9", 9, 3);
        }
        assert_eq!(some.map.len(), 3);
        assert_eq!(some.ages.len(), 3);
    }
}
