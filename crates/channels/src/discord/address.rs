//! Addresses as people write them: a channel's or thread's id, with `discord:` or `channel:` in
//! front or not, or `user:` and a person's id.

use tidegate_core::channel::{ChannelError, Target};

use super::api::{CallError, ChannelObject, OpenDirect, Route};
use super::channel::Discord;
use super::map::peer;
use super::places::Place;
use super::snowflake::is_whole_id;

/// What an address names.
#[derive(Debug, PartialEq, Eq)]
enum Named<'a> {
    /// A channel or thread.
    Channel(&'a str),
    /// A person.
    Person(&'a str),
}

impl Discord {
    pub(super) async fn find_address(
        &self,
        to: &str,
        thread: Option<&str>,
    ) -> Result<Target, ChannelError> {
        let place = match read(to).ok_or_else(|| refused(EXPECTED))? {
            Named::Channel(id) => self.ask_for_place(id).await,
            Named::Person(id) => self.open_direct(id).await,
        };
        let place = place.map_err(CallError::repeating)?;
        let place = place.ok_or_else(|| refused("nothing can be written in this channel"))?;
        let (peer, own_thread) = peer(&place);
        let thread = thread.map(str::trim).filter(|thread| !thread.is_empty());
        if thread.is_some_and(|thread| !is_whole_id(thread)) {
            return Err(refused("expected the id of a thread, 17 to 20 digits"));
        }
        Ok(Target {
            account: self.settings.account.clone(),
            peer,
            thread: thread.map(str::to_owned).or(own_thread),
        })
    }

    /// The direct chat with a person; the same one every time.
    async fn open_direct(&self, person: &str) -> Result<Option<Place>, CallError> {
        let open = OpenDirect {
            recipient_id: person,
        };
        let route = Route::post(&["users", "@me", "channels"]);
        let channel: ChannelObject = self.api.give(&route, &open).await?;
        Ok(self.known_places().learn(&channel))
    }
}

const EXPECTED: &str =
    "expected a channel's id such as 175928847299117063, or user: and a person's id";

fn read(to: &str) -> Option<Named<'_>> {
    let to = to.trim();
    let to = to.strip_prefix("discord:").unwrap_or(to);
    let inner = |open: &str| to.strip_prefix(open)?.strip_suffix('>');
    let person = to
        .strip_prefix("user:")
        .or_else(|| inner("<@!"))
        .or_else(|| inner("<@"));
    if let Some(id) = person {
        return is_whole_id(id).then_some(Named::Person(id));
    }
    let channel = to
        .strip_prefix("channel:")
        .or_else(|| inner("<#"))
        .unwrap_or(to);
    is_whole_id(channel).then_some(Named::Channel(channel))
}

fn refused(why: &str) -> ChannelError {
    ChannelError::Refused(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        const ID: &str = "175928847299117063";
        for channel in [
            ID.to_owned(),
            format!(" {ID} "),
            format!("discord:{ID}"),
            format!("channel:{ID}"),
            format!("discord:channel:{ID}"),
            format!("<#{ID}>"),
        ] {
            assert_eq!(read(&channel), Some(Named::Channel(ID)), "{channel}");
        }
        for person in [
            format!("user:{ID}"),
            format!("discord:user:{ID}"),
            format!("<@{ID}>"),
            format!("<@!{ID}>"),
        ] {
            assert_eq!(read(&person), Some(Named::Person(ID)), "{person}");
        }
        for wrong in [
            "",
            "ada",
            "@ada",
            "#tides",
            "123",
            "user:ada",
            "<@&175928847299117063>",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
