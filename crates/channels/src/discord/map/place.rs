//! Where, in our words.

use tidegate_core::channel::{Peer, PeerKind, Space};

use crate::discord::places::{Kind, Place};

/// The conversation of a place, and its thread.
pub(crate) fn peer(place: &Place) -> (Peer, Option<String>) {
    let peer = |kind, id: &str| Peer {
        kind,
        id: id.to_owned(),
    };
    match &place.kind {
        Kind::Direct => (peer(PeerKind::Direct, &place.id), None),
        Kind::Group => (peer(PeerKind::Group, &place.id), None),
        Kind::Room => (peer(PeerKind::Channel, &place.id), None),
        Kind::Thread { parent } => (peer(PeerKind::Channel, parent), Some(place.id.clone())),
    }
}

/// The guild around it. A direct chat is in none, whatever an event says.
pub(super) fn space(place: &Place, told: Option<&str>) -> Option<Space> {
    let guild = told.or(place.guild.as_deref())?;
    place
        .kind
        .is_of_guild()
        .then(|| Space::Guild(guild.to_owned()))
}
