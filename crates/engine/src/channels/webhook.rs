//! Networks that call us.

use std::sync::Arc;

use tidegate_core::channel::{AccountKey, InboxError, WebhookAnswer, WebhookRequest};

use crate::Engine;
use crate::inbound::Door;

impl Engine {
    /// Whether headers alone can be of this account's network; `None` if it is not called by one.
    pub fn knock(&self, account: &AccountKey, headers: &WebhookRequest) -> Option<bool> {
        let account = self.inner().accounts.get(account)?;
        let webhook = account.channel.webhook().filter(|_| account.is_open())?;
        Some(webhook.knock(headers))
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
