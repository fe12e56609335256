//! Conversations of networks in rows.

use rusqlite::{Connection, Row, params};
use tidegate_core::channel::{AccountKey, Peer, PeerKind, Target};

use super::fault::Fault;
use super::rows::first;

/// Columns of a conversation.
pub(super) const TARGET: &str = "channel, account, peer_kind, peer, thread";

/// A conversation, whose columns begin here.
pub(super) fn target(row: &Row<'_>, column: usize) -> Result<Target, Fault> {
    let kind: String = row.get(column + 2)?;
    let kind = match kind.as_str() {
        "direct" => PeerKind::Direct,
        "group" => PeerKind::Group,
        "channel" => PeerKind::Channel,
        _ => return Err(Fault::Unknown(kind)),
    };
    Ok(Target {
        account: account(row, column)?,
        peer: Peer {
            kind,
            id: row.get(column + 3)?,
        },
        thread: row.get(column + 4)?,
    })
}

/// An account, whose columns begin here.
pub(super) fn account(row: &Row<'_>, column: usize) -> Result<AccountKey, Fault> {
    let (channel, account): (String, String) = (row.get(column)?, row.get(column + 1)?);
    Ok(AccountKey::new(channel, account))
}

/// The id that the conversation has now.
pub(super) fn current(conn: &Connection, target: &Target) -> Result<Option<String>, Fault> {
    let sql = "SELECT new FROM moved_peers WHERE channel = ?1 AND account = ?2 AND old = ?3";
    let AccountKey { channel, account } = &target.account;
    let old = params![channel.as_str(), account.as_str(), target.peer.id];
    first(conn, sql, old, |row| Ok(row.get(0)?))
}
