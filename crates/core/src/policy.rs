//! The one gate. Every way into the gateway makes an [`Action`] and asks [`authorize`]; what does
//! the work takes the [`Permit`] that only this function makes.

use tidegate_protocol::{Access, EventSpec, MethodSpec, Role, Scope};

use crate::live::Standing;
use crate::principal::{Chain, Principal, PrincipalId};
use crate::session::SessionKey;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy)]
pub enum Action {
    /// Call a method.
    Call(&'static MethodSpec),
    /// Call a method that does not exist here: who may know that?
    CallUnknown,
    /// Call a tool of the agents: they reach machines.
    UseTools,
    /// Hear an event.
    Hear(&'static EventSpec),
}

/// What it would be done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// The gateway as a whole.
    Gateway,
    /// One session.
    Session(SessionKey),
}

/// Proof that [`authorize`] said yes.
#[derive(Debug, Clone)]
pub struct Permit {
    chain: Chain,
    standing: Option<Standing>,
}

impl Permit {
    /// The same, for no longer than what the caller was admitted with holds.
    #[must_use]
    pub fn while_it_holds(self, standing: Option<Standing>) -> Self {
        Self { standing, ..self }
    }

    /// Whether nothing was taken from the caller since it was admitted. Of a caller without a device
    /// nothing can be.
    pub fn stands(&self) -> bool {
        Standing::holds(self.standing.as_ref())
    }

    /// Who was permitted.
    pub const fn caller(&self) -> &Principal {
        self.chain.caller()
    }
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// A right is missing.
    #[error("missing scope: {}", .0.as_str())]
    MissingScope(Scope),
    /// Not for this role.
    #[error("unauthorized role: {}", .0.as_str())]
    WrongRole(Role),
    /// Only for a device.
    #[error("device identity required")]
    NoDevice,
    /// Only as the first request.
    #[error("connect is only valid as the first request")]
    OnlyFirst,
}

/// Decides. Deny is the default; location plays no part.
///
/// # Errors
/// The first thing that is missing.
pub fn authorize(chain: &Chain, action: Action, _resource: &Resource) -> Result<Permit, Denied> {
    for link in chain.links() {
        allow(link, action)?;
    }
    Ok(Permit {
        chain: chain.clone(),
        standing: None,
    })
}

fn allow(who: &Principal, action: Action) -> Result<(), Denied> {
    match action {
        Action::Call(spec) => call(who, spec.access),
        Action::CallUnknown | Action::UseTools => call(who, Access::Operator(Scope::Admin)),
        Action::Hear(spec) => hear(who, spec.access),
    }
}

fn call(who: &Principal, access: Access) -> Result<(), Denied> {
    match (access, who.role) {
        (Access::Handshake, Role::Operator) if who.scopes.grants(Scope::Admin) => {
            Err(Denied::OnlyFirst)
        }
        (Access::Handshake, Role::Operator) => Err(Denied::MissingScope(Scope::Admin)),
        (Access::Any, _) | (Access::Node, Role::Node) => Ok(()),
        (Access::Device, _) => match who.id {
            PrincipalId::Device(_) => Ok(()),
            _ => Err(Denied::NoDevice),
        },
        (Access::Operator(scope), Role::Operator) => {
            if who.scopes.grants(scope) {
                Ok(())
            } else {
                Err(Denied::MissingScope(scope))
            }
        }
        (Access::Node, role @ Role::Operator)
        | (Access::Operator(_) | Access::Handshake, role @ Role::Node) => {
            Err(Denied::WrongRole(role))
        }
    }
}

fn hear(who: &Principal, access: Access) -> Result<(), Denied> {
    match access {
        Access::Any => Ok(()),
        Access::Handshake => Err(Denied::OnlyFirst),
        other => call(who, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::principal::ScopeSet;
    use proptest::prelude::*;

    fn operator(scopes: ScopeSet) -> Chain {
        Chain::of(Principal {
            id: PrincipalId::Owner,
            role: Role::Operator,
            scopes,
        })
    }

    fn scope_set() -> impl Strategy<Value = ScopeSet> {
        proptest::collection::vec(0..Scope::ALL.len(), 0..6)
            .prop_map(|picks| picks.into_iter().map(|i| Scope::ALL[i]).collect())
    }

    proptest! {
        /// More scopes never take a right away, and no right comes from nowhere.
        #[test]
        fn authority_is_monotone_and_needs_a_scope(a in scope_set(), b in scope_set(), pick in 0..Scope::ALL.len()) {
            let access = Access::Operator(Scope::ALL[pick]);
            let allowed = |scopes| call(operator(scopes).caller(), access).is_ok();
            if allowed(a) {
                prop_assert!(allowed(a.union(b)));
                prop_assert!(!a.is_empty());
            }
            prop_assert!(!allowed(ScopeSet::EMPTY));
            prop_assert!(a.intersection(b).is_subset(a));
        }
    }

    #[test]
    fn a_node_may_call_no_operator_method() {
        let node = Principal {
            id: PrincipalId::Owner,
            role: Role::Node,
            scopes: ScopeSet::all(),
        };
        assert_eq!(
            call(&node, Access::Operator(Scope::Read)),
            Err(Denied::WrongRole(Role::Node))
        );
        assert_eq!(call(&node, Access::Node), Ok(()));
    }
}
