//! Connections that were ended, in place of an edge.

use std::sync::Mutex;

use tidegate_core::LiveConnections;
use tidegate_protocol::{DeviceId, Role};

/// Which device was ended in which role, and why.
#[derive(Default)]
pub(crate) struct Cuts(Mutex<Vec<(String, Role, &'static str)>>);

impl Cuts {
    /// What was ended since the last time that somebody looked.
    pub(crate) fn take(&self) -> Vec<(String, Role, &'static str)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl LiveConnections for Cuts {
    fn end(&self, device: &DeviceId, role: Role, why: &'static str) {
        self.0.lock().unwrap().push((device.to_string(), role, why));
    }

    fn is_connected(&self, _device: &DeviceId) -> bool {
        false
    }
}
