//! Where it happened, and who did it.

use tidegate_core::channel::{Peer, PeerKind, Sender, Space};

use crate::slack::api::{Me, Message};
use crate::slack::destination::{is_room, kind_by_id};
use crate::slack::known::Known;

/// The conversation of a message that says of what kind it is; none if that word is new
/// (SECURITY T28). A mention does not say.
pub(super) fn place(message: &Message, known: &Known) -> Option<Peer> {
    let id = message.channel.as_deref().filter(|id| is_room(id))?;
    let Some(word) = message.channel_type.as_deref() else {
        return place_by_id(id, known);
    };
    let kind = match word {
        "im" => PeerKind::Direct,
        "mpim" => PeerKind::Group,
        "channel" | "group" => PeerKind::Channel,
        _ => return None,
    };
    // A conversation of two has its own sort of id, and nothing else has it.
    if (kind == PeerKind::Direct) != (kind_by_id(id) == Some(PeerKind::Direct)) {
        return None;
    }
    known.learn_kind(id, kind);
    Some(Peer {
        kind,
        id: id.to_owned(),
    })
}

/// The conversation of something that does not say of what kind it is: as it was heard before, else
/// by its id.
pub(super) fn place_by_id(id: &str, known: &Known) -> Option<Peer> {
    Some(Peer {
        kind: known.kind_of(id).or_else(|| kind_by_id(id))?,
        id: id.to_owned(),
    })
}

/// The workspace.
pub(super) fn space(team: Option<&str>) -> Option<Space> {
    team.map(|team| Space::Team(team.to_owned()))
}

/// Whether it comes from the workspace that we are in. An app can be in several, and its sockets
/// hear of all of them.
pub(super) fn is_here(team: Option<&str>, me: &Me) -> bool {
    me.is_enterprise_install || team.is_none() || team == me.team_id.as_deref()
}

/// The thread that a message is in; the message that it hangs on is not.
pub(super) fn thread(message: &Message) -> Option<String> {
    let thread = message.thread_ts.as_ref();
    thread.filter(|thread| **thread != message.ts).cloned()
}

/// Whether we wrote it.
pub(super) fn is_ours(message: &Message, me: &Me) -> bool {
    let by_user = message.user.as_deref() == Some(&*me.user_id);
    let by_bot = message.bot_id.is_some() && message.bot_id == me.bot_id;
    by_user || by_bot
}

/// Who wrote it; none if nobody did.
pub(super) fn author(message: &Message, known: &Known) -> Option<Sender> {
    let bot = message.bot_id.is_some() || message.subtype.as_deref() == Some("bot_message");
    let id = message.user.as_ref().or(message.bot_id.as_ref())?;
    let profile = message.user_profile.as_ref();
    let shown = profile.and_then(|profile| profile.name());
    if let Some(name) = shown {
        known.learn_name(id, Some(name));
    }
    let name = shown.or(message.username.as_deref()).map(str::to_owned);
    Some(Sender {
        name: name.or_else(|| known.name_of(id)),
        handle: None,
        bot,
        id: some(id)?,
    })
}

/// A person who did something else than write.
pub(super) fn person(id: &str, handle: Option<&str>, known: &Known) -> Option<Sender> {
    Some(Sender {
        name: known.name_of(id),
        handle: handle.map(str::to_owned),
        bot: false,
        id: some(id)?,
    })
}

fn some(id: &str) -> Option<String> {
    (!id.is_empty()).then(|| id.to_owned())
}

/// A `ts` or an `event_ts` in milliseconds.
pub(super) fn ms(ts: &str) -> u64 {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, ""));
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    let seconds: u64 = seconds.parse().unwrap_or(0);
    seconds
        .saturating_mul(1000)
        .saturating_add(millis.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_milliseconds() {
        assert_eq!(ms("1700000000.123456"), 1_700_000_000_123);
        assert_eq!(ms("1700000000.5"), 1_700_000_000_500);
        assert_eq!(ms("1700000000"), 1_700_000_000_000);
        assert_eq!(ms(""), 0);
        assert_eq!(ms("x.y"), 0);
    }
}
