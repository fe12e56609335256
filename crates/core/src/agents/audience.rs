//! Who hears what an agent says in a turn. Pure: the session, its words and the rules of routing
//! decide.

use crate::channel::PeerKind;
use crate::run::RunRequest;
use crate::session::{SessionKey, SessionKind, SessionNames};

/// Sessions that the page makes for its owner: `agent:<agent>:web:<id>`.
const PAGE: &str = "web:";
/// Stands in the key of a direct chat of a network.
const DIRECT: &str = "dm";

/// Who hears what an agent says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Nobody but the owner.
    Owner,
    /// Somebody else hears it too, or may read it later.
    Guests,
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voice {
    /// The owner, on a client of theirs: one that may administer.
    Client,
    /// The owner, in a direct chat of a network.
    Owner,
    /// Anybody else, a node and anybody in a group among them; or an answer that is sent to
    /// somebody.
    Other,
}

impl Audience {
    /// The audience of a turn that answers these requests in a session. `main_is_shared` says
    /// that everybody's direct chats are the main session. Whatever is in doubt has guests.
    pub fn of<'r>(
        key: &SessionKey,
        names: &SessionNames,
        main_is_shared: bool,
        requests: impl IntoIterator<Item = &'r RunRequest>,
    ) -> Self {
        let voices: Vec<Voice> = requests.into_iter().map(voice).collect();
        let all = |voice| !voices.is_empty() && voices.iter().all(|found| *found == voice);
        let owners = match place(key, names) {
            _ if voices.contains(&Voice::Other) => false,
            Place::Main => !main_is_shared,
            Place::Client => all(Voice::Client),
            Place::Direct => all(Voice::Owner),
            Place::Shared => false,
        };
        if owners { Self::Owner } else { Self::Guests }
    }
}

/// What kind of session a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The agent's main session, or a thread of it.
    Main,
    /// One that the owner's clients made.
    Client,
    /// A direct chat of a network.
    Direct,
    /// A group, the one session of all, or one that nobody knows.
    Shared,
}

fn place(key: &SessionKey, names: &SessionNames) -> Place {
    let name = key.as_str().strip_prefix("agent:");
    let name = name.and_then(|rest| rest.split_once(':'));
    let (SessionKind::Direct, Some((_, name))) = (key.kind(), name) else {
        return Place::Shared;
    };
    let below_main = name.strip_prefix(names.main_key.as_str());
    if below_main.is_some_and(|rest| rest.is_empty() || rest.starts_with(":thread:")) {
        Place::Main
    } else if name.split(':').any(|part| part == DIRECT) {
        Place::Direct
    } else if name.starts_with(PAGE) || !name.contains(':') {
        Place::Client
    } else {
        Place::Shared
    }
}

fn voice(request: &RunRequest) -> Voice {
    match &request.origin {
        _ if request.deliver_to.is_some() => Voice::Other,
        None if request.may_administer => Voice::Client,
        None => Voice::Other,
        Some(origin) => match origin.target.peer.kind {
            PeerKind::Direct if request.may_administer => Voice::Owner,
            PeerKind::Direct | PeerKind::Group | PeerKind::Channel => Voice::Other,
        },
    }
}

#[cfg(test)]
mod tests;
