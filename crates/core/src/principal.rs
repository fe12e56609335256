//! Who acts. A principal is made where a handshake is decided: by the edge for the shared secret, by
//! the engine's pairing for a device, by the engine's admission for a person on a chat network.
//! Nothing in it comes from what a client says about itself.

use tidegate_protocol::{DeviceId, Role, Scope};

use crate::channel::AccountKey;

/// What a node can bring about: a node may start runs of an agent, and its answers are believed.
pub const OF_A_NODE: Scope = Scope::Write;

/// A set of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScopeSet(u8);

impl ScopeSet {
    /// No scope.
    pub const EMPTY: Self = Self(0);

    const fn bit(scope: Scope) -> u8 {
        1 << scope as u8
    }

    /// Every scope.
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// Reads scope words; unknown words are left out.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        words.into_iter().filter_map(Scope::parse).collect()
    }

    /// Whether this very scope is in the set.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// Whether the set gives the right: admin gives all, write gives read.
    pub const fn grants(self, scope: Scope) -> bool {
        self.contains(Scope::Admin)
            || self.contains(scope)
            || (matches!(scope, Scope::Read) && self.contains(Scope::Write))
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What of these scopes a grant gives: never more than was asked for, never more than it has.
    #[must_use]
    pub fn within(self, grant: Self) -> Self {
        self.iter().filter(|scope| grant.grants(*scope)).collect()
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every scope here is also there.
    pub const fn is_subset(self, of: Self) -> bool {
        self.0 & !of.0 == 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes, in the order of their names.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .into_iter()
            .filter(move |scope| self.contains(*scope))
    }

    /// The words on the wire, sorted.
    pub fn words(self) -> Vec<String> {
        self.iter().map(|scope| scope.as_str().to_owned()).collect()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(
            scopes
                .into_iter()
                .fold(0, |bits, scope| bits | Self::bit(scope)),
        )
    }
}

/// The verified identity behind a principal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PrincipalId {
    /// The owner, by the shared secret and without a device.
    Owner,
    /// A device, by its key.
    Device(DeviceId),
    /// Somebody with the secret whom location strips of all rights (DECISIONS D9).
    Guest,
    /// A person on a chat network, whom the account's rules admitted.
    Sender {
        /// Through which account.
        account: AccountKey,
        /// The network's stable id of the person.
        id: String,
    },
}

impl PrincipalId {
    /// The form that is stored, for scoping idempotency keys.
    pub fn storage_key(&self) -> String {
        match self {
            Self::Owner => "owner".to_owned(),
            Self::Device(id) => format!("device:{id}"),
            Self::Guest => "guest".to_owned(),
            Self::Sender { account, id } => format!("sender:{account}:{id}"),
        }
    }

    /// Its device, if it is one.
    pub const fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Device(id) => Some(id),
            Self::Owner | Self::Guest | Self::Sender { .. } => None,
        }
    }

    /// The device of a stored form, if it is one's.
    pub fn stored_device(key: &str) -> Option<DeviceId> {
        key.strip_prefix("device:").map(DeviceId::new)
    }
}

/// Who acts, verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub id: PrincipalId,
    /// As what.
    pub role: Role,
    /// With which rights: what was asked for and is also granted.
    pub scopes: ScopeSet,
}

/// A request's principals: the one that asks, then those on whose behalf it asks. Every link
/// must hold the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    first: Principal,
    rest: Vec<Principal>,
}

impl Chain {
    /// A chain of one.
    pub const fn of(principal: Principal) -> Self {
        Self {
            first: principal,
            rest: Vec::new(),
        }
    }

    /// Who asks.
    pub const fn caller(&self) -> &Principal {
        &self.first
    }

    /// Every link.
    pub fn links(&self) -> impl Iterator<Item = &Principal> {
        std::iter::once(&self.first).chain(&self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_gives_what_it_includes_and_no_more() {
        let set = |scopes: &[Scope]| scopes.iter().copied().collect::<ScopeSet>();
        let asked = set(&[Scope::Admin, Scope::Read]);
        assert_eq!(asked.within(set(&[Scope::Write])), set(&[Scope::Read]));
        assert_eq!(asked.within(set(&[Scope::Admin])), asked);
        assert_eq!(
            set(&[Scope::Pairing]).within(set(&[Scope::Admin])),
            set(&[Scope::Pairing])
        );
        assert_eq!(
            set(&[Scope::Write]).within(set(&[Scope::Read])),
            ScopeSet::EMPTY
        );
        assert_eq!(ScopeSet::EMPTY.within(ScopeSet::all()), ScopeSet::EMPTY);
    }
}
