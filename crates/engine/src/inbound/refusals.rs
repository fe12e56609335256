//! Sentences that tell why messages are not read: one for each conversation in some minutes, or
//! whoever writes much could fill a conversation with them, and its answers would wait behind.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tidegate_core::channel::Target;
use tokio::time::Instant;

/// A sentence holds for so long.
const HOLDS: Duration = Duration::from_mins(10);
/// Conversations that are remembered; without room for one more nothing is said.
const CONVERSATIONS: usize = 1024;

#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<Target, Instant>>);

impl Refusals {
    /// Whether the conversation is to be told now. If not, it was told not long ago.
    pub(crate) fn may_tell(&self, target: &Target) -> bool {
        let now = Instant::now();
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|_, at| now.duration_since(*at) < HOLDS);
        if told.contains_key(target) || told.len() >= CONVERSATIONS {
            return false;
        }
        told.insert(target.clone(), now);
        true
    }
}
