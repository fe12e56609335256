//! The models of a provider: the configured ones, else its own list, kept for a while.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tidegate_core::runner::{ModelInfo, RunnerError};

/// How long a provider's list is believed.
const KEPT_MS: u64 = 5 * 60_000;
/// How long its failure is: a picker that opens must not wait for a dead server each time.
const FAILURE_KEPT_MS: u64 = 15_000;
/// How long the provider may take to list.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);
/// The longest list in bytes.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The longest list.
const MAX_MODELS: usize = 2000;

type Listed = Result<Vec<ModelInfo>, RunnerError>;

/// The last list and when it was asked for.
#[derive(Debug, Default)]
pub(crate) struct Catalog(Mutex<Option<(u64, Listed)>>);

impl Catalog {
    /// The list, if it is young enough.
    pub(crate) fn fresh(&self, now_ms: u64) -> Option<Listed> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at_ms, listed) = kept.as_ref()?;
        let most = if listed.is_ok() {
            KEPT_MS
        } else {
            FAILURE_KEPT_MS
        };
        (now_ms.saturating_sub(*at_ms) < most).then(|| listed.clone())
    }

    /// Keeps a list.
    pub(crate) fn keep(&self, now_ms: u64, listed: &Listed) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now_ms, listed.clone()));
    }
}

/// Reads a list of models; nothing if it is none.
pub(crate) fn read(body: &[u8], model: fn(&Value) -> Option<ModelInfo>) -> Option<Vec<ModelInfo>> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let list = value.get("data").unwrap_or(&value).as_array()?;
    Some(list.iter().take(MAX_MODELS).filter_map(model).collect())
}
