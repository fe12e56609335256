//! What we learned of the workspace in passing: names of people, kinds of conversations. A comfort
//! that may be lost at any time; nothing is decided by it.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::channel::PeerKind;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::api::Person;
use super::channel::Slack;
use super::destination::is_person;

/// Entries that are kept of each sort; then they are learned anew. A workspace of thousands fits.
const MOST_KNOWN: usize = 4096;
/// People whose names may wait to be asked for.
const MOST_WAITING: usize = 64;
/// Characters of a name that are kept.
const NAME_CHARS: usize = 80;
/// How long a name is waited for.
const NAME_TIMEOUT: Duration = Duration::from_secs(5);

/// What we learned.
#[derive(Debug, Default)]
pub(super) struct Known {
    state: Mutex<State>,
    asked: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Names of people by their ids; none for those who have none.
    names: BTreeMap<String, Option<String>>,
    kinds: BTreeMap<String, PeerKind>,
    waiting: VecDeque<String>,
}

impl Known {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of a person, if we have heard it.
    pub(super) fn name_of(&self, id: &str) -> Option<String> {
        self.state().names.get(id).cloned().flatten()
    }

    /// What kind of conversation it is, if a message has told.
    pub(super) fn kind_of(&self, channel: &str) -> Option<PeerKind> {
        self.state().kinds.get(channel).copied()
    }

    /// A person has this name, or none that we can have.
    pub(super) fn learn_name(&self, id: &str, name: Option<&str>) {
        let name = name.map(|name| name.chars().take(NAME_CHARS).collect());
        keep(&mut self.state().names, id, name);
    }

    /// A conversation is of this kind.
    pub(super) fn learn_kind(&self, channel: &str, kind: PeerKind) {
        keep(&mut self.state().kinds, channel, kind);
    }

    /// Asks for a person's name, for the next time. For people who were admitted.
    pub(super) fn wonder(&self, id: &str) {
        let mut state = self.state();
        let knows = state.names.contains_key(id) || state.waiting.iter().any(|one| one == id);
        if knows || state.waiting.len() >= MOST_WAITING || !is_person(id) {
            return;
        }
        state.waiting.push_back(id.to_owned());
        self.asked.notify_one();
    }

    async fn next_asked(&self) -> String {
        loop {
            let next = self.state().waiting.pop_front();
            match next {
                Some(id) => return id,
                None => self.asked.notified().await,
            }
        }
    }
}

fn keep<V>(map: &mut BTreeMap<String, V>, id: &str, value: V) {
    if map.len() >= MOST_KNOWN && !map.contains_key(id) {
        map.clear();
    }
    map.insert(id.to_owned(), value);
}

impl Slack {
    /// Looks up names as they are asked for, for ever. One that cannot be had is not asked for
    /// again.
    pub(super) async fn learn_names(&self) -> Infallible {
        loop {
            let id = self.known.next_asked().await;
            let params = [("user", &id)];
            let asked = self.api.read::<Person>("users.info", &params);
            let person = timeout(NAME_TIMEOUT, asked).await;
            let user = person.ok().and_then(Result::ok).map(|person| person.user);
            let name = user.as_ref().and_then(|user| {
                let handle = user.name.as_deref();
                user.profile.name().or(handle)
            });
            self.known.learn_name(&id, name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_learned_is_bounded() {
        let known = Known::default();
        for at in 0..=MOST_KNOWN {
            known.learn_kind(&format!("C{at}"), PeerKind::Group);
        }
        assert_eq!(known.state().kinds.len(), 1);
        known.learn_name("U1", Some(&"x".repeat(500)));
        assert_eq!(known.name_of("U1").unwrap().len(), NAME_CHARS);
    }

    #[test]
    fn nobody_is_asked_for_twice() {
        let known = Known::default();
        for id in ["U1", "U1", "B1", "U2"] {
            known.wonder(id);
        }
        assert_eq!(known.state().waiting, ["U1", "U2"]);
        known.learn_name("U3", None);
        known.wonder("U3");
        assert_eq!(known.state().waiting.len(), 2);
        for at in 0..1000 {
            known.wonder(&format!("U9{at}"));
        }
        assert_eq!(known.state().waiting.len(), MOST_WAITING);
    }
}
