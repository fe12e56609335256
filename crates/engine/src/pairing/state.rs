//! What the flow keeps in memory.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tidegate_core::{Clock, Generation, LiveConnections, PrincipalId, Standing};
use tidegate_protocol::{DeviceId, Role};

use super::codes::OneTimeCodes;
use super::told_tokens::ToldTokens;
use super::upgrades::Upgrades;
use super::uses::Uses;

/// Voided requests that are remembered, so that approving one is told from approving nothing.
const MOST_VOIDED: usize = 256;

/// What the flow keeps in memory.
pub(crate) struct Pairing {
    pub(super) codes: OneTimeCodes,
    pub(super) upgrades: Upgrades,
    pub(super) told: ToldTokens,
    pub(super) uses: Uses,
    connections: Arc<dyn LiveConnections>,
    /// One for each device and role that was admitted in this life.
    generations: Mutex<HashMap<(DeviceId, Role), Generation>>,
    voided: Mutex<VecDeque<String>>,
    /// Held from reading what a device has to writing what it has then: whoever takes a right back
    /// is not overtaken by the device that renews it (SECURITY T18).
    rights: tokio::sync::Mutex<()>,
}

impl Pairing {
    pub(crate) fn new(clock: &Arc<dyn Clock>, connections: Arc<dyn LiveConnections>) -> Self {
        Self {
            codes: OneTimeCodes::new(Arc::clone(clock)),
            upgrades: Upgrades::default(),
            told: ToldTokens::default(),
            uses: Uses::default(),
            connections,
            generations: Mutex::default(),
            voided: Mutex::default(),
            rights: tokio::sync::Mutex::default(),
        }
    }

    /// Alone with what devices may do, until it is dropped.
    pub(super) async fn rights(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.rights.lock().await
    }

    /// What a device is admitted with. Taken before its grant is read: what is taken back in
    /// between counts.
    pub(super) fn standing(&self, device: &DeviceId, role: Role) -> Standing {
        let mut generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        generations
            .entry((device.clone(), role))
            .or_default()
            .standing()
    }

    /// The same of a device that was admitted in this life and keeps its right.
    pub(super) fn known_standing(&self, device: &DeviceId, role: Role) -> Option<Standing> {
        let generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let generation = generations.get(&(device.clone(), role));
        generation.map(Generation::standing)
    }

    /// Ends what a device opened in this role. Called after the store holds the change.
    pub(super) fn cut(&self, device: &DeviceId, role: Role, why: &'static str) {
        let generation = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&(device.clone(), role));
        if let Some(generation) = generation {
            generation.end();
        }
        self.told.forget(device, role);
        self.upgrades.refuse_of(device, role);
        if role == Role::Operator {
            self.codes.void_of(&PrincipalId::Device(device.clone()));
        }
        self.connections.end(device, role, why);
    }

    pub(super) fn is_connected(&self, device: &DeviceId) -> bool {
        self.connections.is_connected(device)
    }

    pub(super) fn note_voided(&self, request_id: String) {
        let mut voided = self.voided.lock().unwrap_or_else(PoisonError::into_inner);
        if voided.len() >= MOST_VOIDED {
            voided.pop_front();
        }
        voided.push_back(request_id);
    }

    pub(super) fn was_voided(&self, request_id: &str) -> bool {
        let voided = self.voided.lock().unwrap_or_else(PoisonError::into_inner);
        voided.iter().any(|id| id == request_id)
    }
}
