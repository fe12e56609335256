//! The nodes that are here and may show a canvas: how each calls the gateway, and whose canvas it was
//! last asked to show.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tidegate_core::SessionKey;
use tidegate_protocol::{ConnId, DeviceId};

use super::holder::Holder;

/// One for each node that is connected; its newest connection counts.
#[derive(Debug, Default)]
pub(super) struct Seats(Mutex<HashMap<DeviceId, Seat>>);

#[derive(Debug)]
struct Seat {
    holder: Holder,
    shown: Option<SessionKey>,
}

impl Seats {
    fn lock(&self) -> MutexGuard<'_, HashMap<DeviceId, Seat>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A node came.
    pub(super) fn take(&self, node: DeviceId, holder: Holder) {
        let seat = Seat {
            holder,
            shown: None,
        };
        self.lock().insert(node, seat);
    }

    /// This connection is gone; one that took its place stays.
    pub(super) fn leave(&self, conn: &ConnId) {
        self.lock().retain(|_, seat| seat.holder.conn != *conn);
    }

    /// From now on the node shows this session's canvas. `give` makes its address while the node
    /// cannot leave, so that what it makes ends with the node. `None` if it is not here.
    pub(super) fn show<T>(
        &self,
        node: &DeviceId,
        session: &SessionKey,
        give: impl FnOnce(&Holder) -> T,
    ) -> Option<T> {
        let mut all = self.lock();
        let seat = all.get_mut(node)?;
        seat.shown = Some(session.clone());
        Some(give(&seat.holder))
    }

    /// Whose canvas the node was last asked to show over this connection.
    pub(super) fn shown(&self, node: &DeviceId, conn: &ConnId) -> Option<SessionKey> {
        let all = self.lock();
        let seat = all.get(node).filter(|seat| seat.holder.conn == *conn)?;
        seat.shown.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::origin::OURS;

    fn holder(conn: &str) -> Holder {
        Holder {
            conn: ConnId::new(conn),
            standing: None,
            called: "gate.example".into(),
            family: OURS,
            tls: false,
        }
    }

    #[test]
    fn the_newest_connection_of_a_node_counts_and_forgets_what_was_shown() {
        let (seats, node) = (Seats::default(), DeviceId::new("n"));
        let session = SessionKey::stored("agent:main:notes");
        let show = |seats: &Seats| seats.show(&node, &session, |holder| holder.conn.clone());
        assert_eq!(show(&seats), None);
        seats.take(node.clone(), holder("one"));
        assert_eq!(show(&seats), Some(ConnId::new("one")));
        assert_eq!(
            seats.shown(&node, &ConnId::new("one")),
            Some(session.clone())
        );
        seats.take(node.clone(), holder("two"));
        assert_eq!(seats.shown(&node, &ConnId::new("two")), None);
        seats.leave(&ConnId::new("one"));
        assert_eq!(show(&seats), Some(ConnId::new("two")));
        assert_eq!(seats.shown(&node, &ConnId::new("one")), None);
        seats.leave(&ConnId::new("two"));
        assert_eq!(show(&seats), None);
    }
}
