//! Where the conversations of an account are now: some got another id while something of ours was
//! at work under the old one.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use tidegate_core::channel::{OutboundPart, Target};

/// From old ids to the newest ones. As many as the store remembers: one for each conversation of
/// ours that ever moved.
#[derive(Default)]
pub(crate) struct Places(RwLock<HashMap<String, String>>);

impl Places {
    /// A conversation has another id: every old one leads to it at once.
    pub(crate) fn moved(&self, from: &str, to: &str) {
        if from == to {
            return;
        }
        let mut places = self.0.write().unwrap_or_else(PoisonError::into_inner);
        places.remove(to);
        for newest in places.values_mut().filter(|newest| *newest == from) {
            to.clone_into(newest);
        }
        places.insert(from.to_owned(), to.to_owned());
    }

    /// Sends a part to where its conversation is now.
    pub(crate) fn forward(&self, target: &mut Target, part: &mut OutboundPart) {
        let now = self.now(target);
        if now != *target {
            *target = now;
            part.moved();
        }
    }

    /// The same conversation, by the id that it has now.
    pub(crate) fn now(&self, target: &Target) -> Target {
        let mut target = target.clone();
        let places = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = places.get(&target.peer.id) {
            target.peer.id.clone_from(now);
        }
        target
    }
}

#[cfg(test)]
mod tests {
    use tidegate_core::channel::{AccountKey, Peer, PeerKind};

    use super::*;

    fn target(id: &str) -> Target {
        Target {
            account: AccountKey::new("n", "a"),
            peer: Peer {
                kind: PeerKind::Group,
                id: id.to_owned(),
            },
            thread: None,
        }
    }

    fn now(places: &Places, id: &str) -> String {
        places.now(&target(id)).peer.id
    }

    #[test]
    fn every_old_id_leads_to_the_newest() {
        let places = Places::default();
        assert_eq!(now(&places, "a"), "a");
        places.moved("a", "b");
        places.moved("b", "c");
        assert_eq!([now(&places, "a"), now(&places, "b")], ["c", "c"]);
        assert_eq!([now(&places, "c"), now(&places, "d")], ["c", "d"]);
    }

    #[test]
    fn a_conversation_may_come_back_to_an_old_id() {
        let places = Places::default();
        places.moved("a", "b");
        places.moved("b", "a");
        places.moved("a", "a");
        assert_eq!([now(&places, "a"), now(&places, "b")], ["a", "a"]);
    }

    #[test]
    fn a_part_that_is_forwarded_names_no_old_message() {
        let places = Places::default();
        let part = OutboundPart {
            reply_to: Some("1".into()),
            replaces: Some("2".into()),
            ..OutboundPart::text("hello")
        };
        let (mut to, mut forwarded) = (target("a"), part.clone());
        places.forward(&mut to, &mut forwarded);
        assert_eq!((to, forwarded), (target("a"), part.clone()));
        places.moved("a", "b");
        let (mut to, mut forwarded) = (target("a"), part);
        places.forward(&mut to, &mut forwarded);
        assert_eq!((to, forwarded), (target("b"), OutboundPart::text("hello")));
    }
}
