//! Who is heard. The rules are pure (`core::access`); here the store is asked whether the owner let
//! the sender in, and an admitted sender becomes a principal.

use tidegate_core::access::{DmPolicy, Paired, Verdict};
use tidegate_core::channel::{Inbound, PeerKind};
use tidegate_core::store::StoreError;
use tidegate_core::{Chain, Principal, PrincipalId, ScopeSet};
use tidegate_protocol::{Role, Scope};

use crate::Engine;
use crate::channels::Account;

impl Engine {
    /// What the account's rules say about an event.
    pub(super) async fn verdict(
        &self,
        account: &Account,
        event: &Inbound,
    ) -> Result<Verdict, StoreError> {
        let paired = self.paired(account, event).await?;
        Ok(account.rules().admit(event, paired))
    }

    /// A code lets into direct chats and nowhere else (SECURITY T28).
    async fn paired(&self, account: &Account, event: &Inbound) -> Result<Paired, StoreError> {
        let asks = event.peer.kind == PeerKind::Direct
            && account.rules().dm_policy == DmPolicy::Pairing
            && !event.sender.id.is_empty();
        if !asks {
            return Ok(Paired::No);
        }
        let senders = &self.inner().senders;
        let found = senders.sender(&account.key, &event.sender.id).await?;
        Ok(match found {
            None => Paired::No,
            Some(sender) if sender.owner => Paired::Owner,
            Some(_) => Paired::Guest,
        })
    }
}

/// An admitted sender as a principal: the owner may what the owner's devices may, anybody else may
/// talk.
pub(super) fn principal(account: &Account, event: &Inbound, owner: bool) -> Chain {
    let scopes = if owner {
        ScopeSet::all()
    } else {
        [Scope::Write].into_iter().collect()
    };
    Chain::of(Principal {
        id: PrincipalId::Sender {
            account: account.key.clone(),
            id: event.sender.id.clone(),
        },
        role: Role::Operator,
        scopes,
    })
}

/// Whether an admitted sender is the owner.
pub(super) fn is_owner(sender: &Chain) -> bool {
    sender.caller().scopes.contains(Scope::Admin)
}
