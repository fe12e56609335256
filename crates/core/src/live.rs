//! Who is connected right now, as the work needs to know it: a right that was taken away must end
//! what was opened under it, wherever that is (SECURITY T18, G4).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tidegate_protocol::{DeviceId, Role};

/// Ends connections. The edge implements it; nothing in it waits.
pub trait LiveConnections: Send + Sync + 'static {
    /// Ends every connection of the device in this role with close 1008 and these words. The
    /// connection that asked for it gets its answer first.
    fn end(&self, device: &DeviceId, role: Role, why: &'static str);

    /// Whether the device is connected, in whatever role.
    fn is_connected(&self, device: &DeviceId) -> bool;
}

/// Whether what a device was admitted with still holds. Everything that lives on a device's right
/// keeps one and asks it at each use.
#[derive(Debug, Clone)]
pub struct Standing {
    generation: Arc<AtomicU64>,
    seen: u64,
}

impl Standing {
    /// Whether nothing was taken away since.
    pub fn is_current(&self) -> bool {
        self.generation.load(Ordering::Acquire) == self.seen
    }

    /// The same of what may have none: nothing can be taken from who came without a device.
    pub fn holds(standing: Option<&Self>) -> bool {
        standing.is_none_or(Self::is_current)
    }
}

/// The number that changes when a right of a device is taken away.
#[derive(Debug, Default)]
pub struct Generation(Arc<AtomicU64>);

impl Generation {
    /// What holds now.
    pub fn standing(&self) -> Standing {
        Standing {
            seen: self.0.load(Ordering::Acquire),
            generation: Arc::clone(&self.0),
        }
    }

    /// Nothing that holds now does after this.
    pub fn end(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_ends_with_its_generation_and_the_next_one_holds() {
        let generation = Generation::default();
        let before = generation.standing();
        assert!(before.is_current() && Standing::holds(Some(&before)));
        generation.end();
        assert!(!before.is_current() && !Standing::holds(Some(&before)));
        assert!(Standing::holds(None));
        assert!(generation.standing().is_current());
        generation.end();
        assert!(!before.is_current());
    }
}
