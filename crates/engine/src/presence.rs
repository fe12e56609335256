//! Who is here. A connected client stays listed; one that left, or that only sends beacons, falls
//! off five minutes after its last sign of life.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::Clock;
use tidegate_protocol::api::health::PresenceEntry;
use tidegate_protocol::limits::PRESENCE_ENTRIES;
use tokio::sync::Notify;

use self::entry::{beacon_key, changed_line, overwrite};
use self::node_line::parse_node_line;
pub(crate) use self::told::keep;
use crate::health::HealthFacts;

mod entry;
mod node_line;
mod told;

/// How long an entry without a connection stays (V3 4).
const TTL_MS: u64 = 5 * 60 * 1000;
/// Entries kept at most; the list that is told is cut at [`PRESENCE_ENTRIES`].
const KEPT_ENTRIES: usize = 4_096;

/// What a beacon says of its machine.
#[derive(Debug, Clone, Default)]
pub struct Beacon {
    /// The line.
    pub text: String,
    /// Fields that were given apart; they win over the line.
    pub fields: PresenceEntry,
}

/// The presence list.
pub struct Presences {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    entries: HashMap<String, Slot>,
    version: u64,
    connections: u64,
    self_key: String,
}

struct Slot {
    entry: PresenceEntry,
    /// Live connections of this entry.
    live: u32,
}

/// Keeps an entry listed while its connection lives.
pub struct PresenceGuard {
    presences: Arc<Presences>,
    key: Option<String>,
}

impl Presences {
    pub(crate) fn new(clock: Arc<dyn Clock>, facts: &HealthFacts) -> Self {
        let now = clock.now_ms();
        let place = facts
            .ip
            .as_ref()
            .map_or_else(String::new, |ip| format!(" ({ip})"));
        let entry = PresenceEntry {
            host: Some(facts.host.clone()),
            ip: facts.ip.clone(),
            version: Some(facts.version.clone()),
            platform: Some(facts.platform.clone()),
            device_family: Some(facts.device_family.clone()),
            model_identifier: Some(facts.arch.clone()),
            mode: Some("gateway".into()),
            reason: Some("self".into()),
            text: format!(
                "Gateway: {}{place} · app {} · mode gateway · reason self",
                facts.host, facts.version
            ),
            ts: now,
            ..Default::default()
        };
        let self_key = facts.host.to_lowercase();
        let entries = HashMap::from([(self_key.clone(), Slot { entry, live: 1 })]);
        Self {
            clock,
            state: Mutex::new(State {
                entries,
                version: 1,
                connections: 0,
                self_key,
            }),
            changed: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The list that is told (the gateway first, then newest first, at most 200) and how many
    /// entries there really are.
    pub fn list(&self) -> (Vec<PresenceEntry>, u64) {
        let now = self.clock.now_ms();
        let mut state = self.lock();
        state.forget_stale(now);
        let self_key = state.self_key.clone();
        if let Some(own) = state.entries.get_mut(&self_key) {
            own.entry.ts = now;
        }
        let total = state.entries.len() as u64;
        let mut slots: Vec<(&String, &Slot)> = state.entries.iter().collect();
        slots.sort_by(|(a_key, a), (b_key, b)| {
            (**b_key == self_key)
                .cmp(&(**a_key == self_key))
                .then((b.live > 0).cmp(&(a.live > 0)))
                .then(b.entry.ts.cmp(&a.entry.ts))
                .then(a_key.cmp(b_key))
        });
        let mut list: Vec<PresenceEntry> = slots
            .into_iter()
            .take(PRESENCE_ENTRIES)
            .map(|(_, slot)| slot.entry.clone())
            .collect();
        if let Some(rest) = list.get_mut(1..) {
            rest.sort_by_key(|entry| std::cmp::Reverse(entry.ts));
        }
        (list, total)
    }

    /// Counts changes.
    pub fn version(&self) -> u64 {
        self.lock().version
    }

    /// Connections that finished the handshake.
    pub fn connections(&self) -> u64 {
        self.lock().connections
    }

    /// A connection finished its handshake. `key` is none for clients that are not listed. The
    /// text of the entry's first connection stays (V3 5).
    pub fn join(self: &Arc<Self>, key: Option<&str>, mut entry: PresenceEntry) -> PresenceGuard {
        let key = key.map(str::to_lowercase);
        let mut state = self.lock();
        state.connections += 1;
        if let Some(key) = &key {
            if state.entries.contains_key(key) {
                entry.text.clear();
            }
            let slot = state.merge(key, entry);
            slot.live += 1;
            state.version += 1;
            self.changed.notify_one();
        }
        drop(state);
        PresenceGuard {
            presences: Arc::clone(self),
            key,
        }
    }

    fn leave(&self, key: Option<&str>) {
        let now = self.clock.now_ms();
        let mut state = self.lock();
        state.connections = state.connections.saturating_sub(1);
        let Some(slot) = key.and_then(|key| state.entries.get_mut(key)) else {
            return;
        };
        slot.live = slot.live.saturating_sub(1);
        slot.entry.ts = now;
        if slot.live == 0 {
            slot.entry.reason = Some("disconnect".into());
        }
        state.version += 1;
        self.changed.notify_one();
    }

    /// A beacon arrived. Gives the line to queue for the main session, if there is one.
    pub fn beacon(&self, beacon: Beacon) -> Option<String> {
        let is_node_line = beacon.text.starts_with("Node:");
        let mut entry = if is_node_line {
            parse_node_line(&beacon.text)
        } else {
            PresenceEntry::default()
        };
        overwrite(&mut entry, beacon.fields);
        entry.text.clone_from(&beacon.text);
        entry.ts = self.clock.now_ms();
        let key = beacon_key(&entry);
        let mut state = self.lock();
        let before = state.entries.get(&key).map(|slot| slot.entry.clone());
        let after = state.merge(&key, entry).entry.clone();
        state.version += 1;
        drop(state);
        self.changed.notify_one();
        if is_node_line {
            changed_line(before.as_ref(), &after)
        } else {
            Some(beacon.text)
        }
    }
}

impl State {
    /// New fields overwrite, roles and scopes add up.
    fn merge(&mut self, key: &str, newer: PresenceEntry) -> &mut Slot {
        if !self.entries.contains_key(key) && self.entries.len() >= KEPT_ENTRIES {
            let oldest = self
                .entries
                .iter()
                .filter(|(_, s)| s.live == 0)
                .min_by_key(|(_, s)| s.entry.ts)
                .map(|(k, _)| k.clone());
            if let Some(oldest) = oldest {
                self.entries.remove(&oldest);
            }
        }
        let slot = self.entries.entry(key.to_owned()).or_insert_with(|| Slot {
            entry: PresenceEntry::default(),
            live: 0,
        });
        overwrite(&mut slot.entry, newer);
        slot
    }

    fn forget_stale(&mut self, now: u64) {
        self.entries
            .retain(|_, slot| slot.live > 0 || slot.entry.ts + TTL_MS > now);
    }
}

impl Drop for PresenceGuard {
    fn drop(&mut self) {
        self.presences.leave(self.key.as_deref());
    }
}
