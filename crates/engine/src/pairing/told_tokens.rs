//! Tokens that this life of the gateway made and told. The store knows their hashes only; whoever
//! shows the shared secret again is told the same token again, and nothing has to be written
//! (V3 2.5: a token is reused while it is good and covers what is asked).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tidegate_core::{Secret, SecretHash};
use tidegate_protocol::{DeviceId, Role};

/// Tokens that are kept. Of more devices some get a new one each time, as after a restart.
const MOST: usize = 1024;

/// The newest token of each device and role.
#[derive(Default)]
pub(super) struct ToldTokens(Mutex<HashMap<(DeviceId, Role), Secret<String>>>);

impl ToldTokens {
    fn lock(&self) -> MutexGuard<'_, HashMap<(DeviceId, Role), Secret<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a token that the store holds.
    pub(super) fn keep(&self, device: &DeviceId, role: Role, token: &Secret<String>) {
        let mut told = self.lock();
        let key = (device.clone(), role);
        if told.len() >= MOST && !told.contains_key(&key) {
            let any = told.keys().next().cloned();
            any.and_then(|any| told.remove(&any));
        }
        told.insert(key, token.clone());
    }

    /// The token of a device, if it is the one that the store holds: memory is never believed by
    /// itself.
    pub(super) fn again(
        &self,
        device: &DeviceId,
        role: Role,
        stored: &SecretHash,
    ) -> Option<Secret<String>> {
        let told = self.lock().get(&(device.clone(), role)).cloned();
        told.filter(|token| stored.matches(token.expose()))
    }

    /// Forgets what was taken back.
    pub(super) fn forget(&self, device: &DeviceId, role: Role) {
        self.lock().remove(&(device.clone(), role));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_again_while_the_store_holds_it_and_few_are_kept() {
        let told = ToldTokens::default();
        let token = |text: &str| Secret::new(text.to_owned());
        let device = DeviceId::new("d");
        told.keep(&device, Role::Node, &token("a"));
        let again = |hash: &str| told.again(&device, Role::Node, &SecretHash::of(hash));
        assert_eq!(again("a"), Some(token("a")));
        assert_eq!(again("b"), None, "replaced since");
        let operator = told.again(&device, Role::Operator, &SecretHash::of("a"));
        assert_eq!(operator, None);
        told.forget(&device, Role::Node);
        assert_eq!(again("a"), None);
        for number in 0..=MOST {
            told.keep(&DeviceId::new(number.to_string()), Role::Node, &token("a"));
        }
        assert_eq!(told.lock().len(), MOST);
    }
}
