//! Networks that call us.

use std::sync::Arc;

use tidegate_core::channel::{AccountKey, InboxError, WebhookAnswer, WebhookRequest};

use crate::Engine;
use crate::inbound::Door;

impl Engine {
    /// Whether this very account is called by its network. Asked before a byte of a body is read.
    pub fn has_webhook(&self, account: &AccountKey) -> bool {
        self.inner()
            .accounts
            .get(account)
            .is_some_and(|account| account.is_open() && account.channel.webhook().is_some())
    }

    /// Gives a call to its account. `None` if the account takes none.
    ///
    /// # Errors
    /// Nothing was stored; the network must call again.
    pub async fn webhook(
        &self,
        account: &AccountKey,
        request: WebhookRequest,
    ) -> Result<Option<WebhookAnswer>, InboxError> {
        let Some(account) = self.inner().accounts.get(account) else {
            return Ok(None);
        };
        let Some(webhook) = account.channel.webhook().filter(|_| account.is_open()) else {
            return Ok(None);
        };
        let door = Door::new(self.clone(), Arc::clone(account));
        webhook.take(request, &door).await.map(Some)
    }
}
