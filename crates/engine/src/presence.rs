//! Who is here. A connected client stays listed; one that left, or that only sends beacons, falls
//! off five minutes after its last sign of life. Changes are told at most once a second, and at
//! most 1 MiB a second to all clients together (DECISIONS D5).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::Clock;
use tidegate_protocol::api::connect::{Tick, Ticked};
use tidegate_protocol::api::health::{Presence, PresenceChanged, PresenceEntry};
use tidegate_protocol::frame::StateVersion;
use tidegate_protocol::limits::PRESENCE_ENTRIES;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::health::HealthFacts;
use crate::presence_text::parse_node_line;
use crate::{Engine, EngineError};

/// How long an entry without a connection stays (V3 4).
const TTL_MS: u64 = 5 * 60 * 1000;
/// Entries kept at most; the list that is told is cut at [`PRESENCE_ENTRIES`].
const KEPT_ENTRIES: usize = 4_096;
/// Joins within this time are told together.
const GATHER: Duration = Duration::from_millis(20);
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Presence bytes a second for the whole gateway.
const BYTES_PER_S: u64 = 1024 * 1024;

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

fn beacon_key(entry: &PresenceEntry) -> String {
    let named = [&entry.device_id, &entry.instance_id, &entry.host, &entry.ip]
        .into_iter()
        .flatten()
        .next();
    let key = named
        .cloned()
        .unwrap_or_else(|| entry.text.chars().take(64).collect());
    key.trim().to_lowercase()
}

fn overwrite(old: &mut PresenceEntry, new: PresenceEntry) {
    fn set<T>(old: &mut Option<T>, new: Option<T>) {
        if new.is_some() {
            *old = new;
        }
    }
    fn add(old: &mut Vec<String>, new: Vec<String>) {
        for word in new {
            if !old.contains(&word) {
                old.push(word);
            }
        }
    }
    set(&mut old.host, new.host);
    set(&mut old.ip, new.ip);
    set(&mut old.version, new.version);
    set(&mut old.platform, new.platform);
    set(&mut old.device_family, new.device_family);
    set(&mut old.model_identifier, new.model_identifier);
    set(&mut old.mode, new.mode);
    set(&mut old.last_input_seconds, new.last_input_seconds);
    set(&mut old.reason, new.reason);
    set(&mut old.device_id, new.device_id);
    set(&mut old.instance_id, new.instance_id);
    add(&mut old.roles, new.roles);
    add(&mut old.scopes, new.scopes);
    if !new.tags.is_empty() {
        old.tags = new.tags;
    }
    if !new.text.is_empty() {
        old.text = new.text;
    }
    if new.ts > 0 {
        old.ts = new.ts;
    }
}

/// A short line for the main session when something that matters changed (V3 5).
fn changed_line(before: Option<&PresenceEntry>, after: &PresenceEntry) -> Option<String> {
    let periodic = |reason: &Option<String>| {
        reason
            .as_deref()
            .is_none_or(|r| r.starts_with("periodic") || r.starts_with("heartbeat"))
    };
    let same = before.is_some_and(|before| {
        before.host == after.host
            && before.ip == after.ip
            && before.version == after.version
            && before.mode == after.mode
            && (periodic(&after.reason) || before.reason == after.reason)
    });
    if same {
        return None;
    }
    let part = |name: &str, value: &Option<String>| value.as_ref().map(|v| format!("{name}{v}"));
    let parts: Vec<String> = [
        Some(format!(
            "Node: {}",
            after.host.as_deref().unwrap_or("unknown")
        )),
        part("app ", &after.version),
        part("mode ", &after.mode),
        part("reason ", &after.reason),
    ]
    .into_iter()
    .flatten()
    .collect();
    Some(parts.join(" · "))
}

impl Engine {
    /// Versions of presence and health.
    pub fn state_version(&self) -> StateVersion {
        StateVersion {
            presence: self.inner().presence.version(),
            health: self.inner().health.version(),
        }
    }

    /// A beacon, or a line for the main session.
    ///
    /// # Errors
    /// The text is blank.
    pub fn system_event(&self, mut beacon: Beacon) -> Result<(), EngineError> {
        let text = beacon.text.trim().to_owned();
        beacon.text = text;
        if beacon.text.is_empty() {
            return Err(EngineError::invalid("text required"));
        }
        if let Some(line) = self.inner().presence.beacon(beacon) {
            self.inner()
                .system_events
                .push(&self.inner().agents.names.main(), line);
        }
        Ok(())
    }

    /// Lines that wait for the next turn of the main session.
    pub fn queued_system_events(&self) -> Vec<String> {
        self.inner()
            .system_events
            .list(&self.inner().agents.names.main())
    }

    fn tell_presence(&self) -> usize {
        let (presence, _) = self.inner().presence.list();
        let bytes = self
            .inner()
            .events
            .publish_versioned::<PresenceChanged>(&Presence { presence }, self.state_version());
        self.inner()
            .events
            .publish::<Ticked>(&Tick { ts: self.now_ms() });
        bytes
    }
}

/// Tells changes until the engine stops. A tick follows each presence, so that a client that has
/// just joined sees both within a second.
pub(crate) async fn keep(engine: Engine) {
    let presences = Arc::clone(&engine.inner().presence);
    loop {
        tokio::select! {
            () = engine.inner().stop.cancelled() => return,
            () = presences.changed.notified() => {}
        }
        tokio::time::sleep(GATHER).await;
        let told_at = Instant::now();
        let bytes = engine.tell_presence();
        let pause = TELL_EVERY.max(time_for(bytes, presences.connections()));
        // Gathering is part of the pause: whoever joins right after a list sees the next in time.
        tokio::select! {
            () = engine.inner().stop.cancelled() => return,
            () = tokio::time::sleep_until(told_at + pause - GATHER) => {}
        }
    }
}

/// How long so many bytes may take to so many clients.
fn time_for(bytes: usize, clients: u64) -> Duration {
    let all = (bytes as u64).saturating_mul(clients);
    Duration::from_millis(all.saturating_mul(1_000) / BYTES_PER_S)
}
