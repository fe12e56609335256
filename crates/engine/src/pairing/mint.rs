//! Nobody gives what they do not have (SECURITY T15, T16, G3). Whatever makes a right, an approval, a
//! token or a code, asks here first.

use tidegate_core::principal::OF_A_NODE;
use tidegate_core::store::{Device, DeviceGrant};
use tidegate_core::{Principal, PrincipalId, ScopeSet};
use tidegate_protocol::Role;

use crate::EngineError;

/// Whether a caller may make somebody a node.
pub(super) const fn may_give_node(caller: &Principal) -> bool {
    caller.scopes.grants(OF_A_NODE)
}

/// Refuses to give a role with these scopes if the caller has less.
pub(super) fn mint(caller: &Principal, role: Role, scopes: ScopeSet) -> Result<(), EngineError> {
    if role == Role::Node && !may_give_node(caller) {
        return Err(EngineError::TooWide(OF_A_NODE));
    }
    match scopes.iter().find(|scope| !caller.scopes.grants(*scope)) {
        Some(missing) => Err(EngineError::TooWide(missing)),
        None => Ok(()),
    }
}

/// Refuses a device that would give itself back what somebody took from it.
pub(super) fn not_its_own(
    caller: &Principal,
    device: &Device,
    role: Role,
) -> Result<(), EngineError> {
    let is_own = caller.id == PrincipalId::Device(device.id.clone());
    let is_revoked = |grant: &DeviceGrant| grant.revoked_at_ms.is_some();
    if is_own && device.grant(role).is_some_and(is_revoked) {
        return Err(EngineError::invalid(
            "this was taken back from the device itself: another one must give it again",
        ));
    }
    Ok(())
}

/// Refuses a caller that would change a device that may do more than it: a device changes itself,
/// and others that are no wider, in any role.
pub(crate) fn manage(caller: &Principal, device: &Device) -> Result<(), EngineError> {
    if caller.id == PrincipalId::Device(device.id.clone()) {
        return Ok(());
    }
    device
        .grants
        .iter()
        .try_for_each(|grant| mint(caller, grant.role, grant.scopes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tidegate_protocol::Scope;

    fn scope_set() -> impl Strategy<Value = ScopeSet> {
        proptest::collection::vec(0..Scope::ALL.len(), 0..6)
            .prop_map(|picks| picks.into_iter().map(|i| Scope::ALL[i]).collect())
    }

    fn caller(scopes: ScopeSet) -> Principal {
        Principal {
            id: PrincipalId::Owner,
            role: Role::Operator,
            scopes,
        }
    }

    proptest! {
        /// What can be minted is exactly what the caller's own scopes give, in either role, and
        /// more scopes never make less of it.
        #[test]
        fn nothing_wider_than_the_caller_is_minted(has in scope_set(), wants in scope_set(), more in scope_set(), node in prop::bool::ANY) {
            let role = if node { Role::Node } else { Role::Operator };
            let minted = mint(&caller(has), role, wants).is_ok();
            let holds = wants.within(has) == wants && (!node || has.grants(Scope::Write));
            prop_assert_eq!(minted, holds);
            if minted {
                prop_assert!(mint(&caller(has.union(more)), role, wants).is_ok());
                for scope in wants.iter() {
                    prop_assert!(has.grants(scope));
                }
            }
        }
    }
}
