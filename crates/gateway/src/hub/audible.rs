//! Which events somebody may hear: one bit each, so that to publish asks no rule.

use tidegate_core::{Action, Chain, Resource, authorize};
use tidegate_protocol::{Event, EventSpec, EventVisitor, catalog};

/// Every event, in the order of the catalog.
pub(super) struct Events(Vec<&'static EventSpec>);

/// The place of an event among them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(u32);

/// A set of events, by their places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard(u64);

impl Events {
    pub(super) fn all() -> Self {
        let mut events = Self(Vec::new());
        catalog::visit_all_events(&mut events);
        events
    }

    /// Where this one is.
    pub(super) fn place(&self, spec: &EventSpec) -> Option<Place> {
        let index = self.0.iter().position(|other| other.name == spec.name)?;
        u32::try_from(index).ok().map(Place)
    }

    /// Names of those that a principal may hear.
    pub(super) fn names(&self, chain: &Chain) -> Vec<&'static str> {
        let audible = self.0.iter().filter(|spec| may_hear(chain, spec));
        audible.map(|spec| spec.name).collect()
    }

    /// Those that a principal may hear.
    pub(super) fn heard_by(&self, chain: &Chain) -> Heard {
        let audible = self.0.iter().enumerate();
        let audible = audible.filter(|(_, spec)| may_hear(chain, spec));
        Heard(audible.fold(0, |bits, (index, _)| bits | 1 << index))
    }
}

impl EventVisitor for Events {
    fn event<E: Event>(&mut self) {
        self.0.push(const { &E::SPEC });
    }
}

impl Heard {
    pub(super) const fn has(self, place: Place) -> bool {
        self.0 & (1 << place.0) != 0
    }
}

fn may_hear(chain: &Chain, spec: &'static EventSpec) -> bool {
    authorize(chain, Action::Hear(spec), &Resource::Gateway).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_a_bit() {
        assert!(Events::all().0.len() <= u64::BITS as usize, "widen `Heard`");
    }
}
