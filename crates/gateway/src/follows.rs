//! Sessions that a node's connection hears of beside what everybody hears.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Names that one connection follows: its two sessions may be written in several ways.
const MOST: usize = 16;

/// The names, as the node wrote them. They go with the connection.
#[derive(Debug, Default)]
pub(crate) struct Follows(Mutex<BTreeSet<String>>);

impl Follows {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more; none above the bound.
    pub(crate) fn add(&self, session: String) {
        let mut names = self.lock();
        if names.len() < MOST {
            names.insert(session);
        }
    }

    pub(crate) fn remove(&self, session: &str) {
        self.lock().remove(session);
    }

    pub(crate) fn has(&self, session: &str) -> bool {
        self.lock().contains(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_and_go_and_are_few() {
        let follows = Follows::default();
        for number in 0..2 * MOST {
            follows.add(number.to_string());
        }
        assert!(follows.has("0") && !follows.has(&MOST.to_string()));
        follows.remove("0");
        follows.add("again".into());
        assert!(!follows.has("0") && follows.has("again"));
    }
}
