//! Giving up an account: it stops, and the credential that we keep for it is deleted.

use std::sync::Arc;

use tidegate_core::channel::{AccountKey, AccountState};

use super::Account;
use crate::{Engine, EngineError};

/// What a log-out did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedOut {
    /// Whether a credential was deleted.
    pub cleared: bool,
    /// Where one still is, and is not ours to delete: `env`, `exec`, `config`, or the path of a
    /// file outside the state directory.
    pub remains_in: Option<String>,
}

impl Engine {
    /// Stops an account until somebody signs in again, and deletes its credential if that is ours.
    ///
    /// # Errors
    /// There is no such account, or the file cannot be deleted.
    pub async fn logout_account(&self, key: &AccountKey) -> Result<LoggedOut, EngineError> {
        let Some(account) = self.inner().accounts.get(key) else {
            return Err(EngineError::UnknownChannel(key.channel.to_string()));
        };
        account.sign_out();
        let cleared = match &account.facts.token_file {
            None => false,
            Some(path) => match tokio::fs::remove_file(path).await {
                Ok(()) => true,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
                Err(error) => {
                    return Err(EngineError::invalid(format!(
                        "{} cannot be deleted: {error}",
                        path.display()
                    )));
                }
            },
        };
        let remains_in = account
            .facts
            .token_source
            .clone()
            .filter(|_| account.facts.token_file.is_none());
        Ok(LoggedOut {
            cleared,
            remains_in,
        })
    }
}

/// The state of an account that the owner signed out.
pub(super) fn signed_out() -> AccountState {
    AccountState::NeedsLogin {
        reason: "signed out by the owner; sign in again and restart the gateway".into(),
    }
}

impl Account {
    fn sign_out(self: &Arc<Self>) {
        self.signed_out
            .store(true, std::sync::atomic::Ordering::Release);
        self.ledger.set(signed_out());
        self.leave.notify_one();
    }
}
