//! What arrived from chat networks.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tidegate_core::channel::AccountKey;
use tidegate_core::run::{NewRun, Run, RunEnd};
use tidegate_core::session::SessionKey;
use tidegate_core::store::{
    Arrival, Arrivals, Arrived, Deed, InboxState, InboxStore, NewOutbound, StoreError, Traced,
};
use tidegate_protocol::RunId;

use super::fault::Fault;
use super::rows::{bound, change, first};
use super::store::SqliteStore;
use super::{outbox, runs};
use crate::{rules, trace};

mod find;
mod moves;

fn cursor(conn: &Connection, account: &AccountKey, owner: &str) -> Result<Option<String>, Fault> {
    let sql = "SELECT cursor FROM inbox_cursors WHERE channel = ?1 AND account = ?2 AND owner = ?3";
    let (channel, account) = words(account);
    first(conn, sql, [channel, account, owner], |row| Ok(row.get(0)?))
}

fn words(account: &AccountKey) -> (&str, &str) {
    (account.channel.as_str(), account.account.as_str())
}

fn arrive(conn: &Connection, arrivals: &Arrivals) -> Result<Vec<Arrived>, Fault> {
    if let Some(fault) = rules::fault_of_arrivals(arrivals) {
        return Err(Fault::Misuse(fault));
    }
    let mut arrived = Vec::with_capacity(arrivals.list.len());
    for arrival in &arrivals.list {
        arrived.push(take(conn, arrival, arrivals.at_ms)?);
    }
    if let Some(cursor) = &arrivals.cursor {
        let (channel, account) = words(&arrivals.account);
        change(
            conn,
            "INSERT INTO inbox_cursors (channel, account, owner, cursor) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET cursor = excluded.cursor",
            [channel, account, &arrivals.owner, cursor],
        )?;
    }
    Ok(arrived)
}

fn take(conn: &Connection, arrival: &Arrival, at_ms: u64) -> Result<Arrived, Fault> {
    let sql = "SELECT 1 FROM inbox WHERE channel = ?1 AND account = ?2 AND provider_id = ?3";
    let (channel, account) = words(&arrival.target.account);
    let known = first(conn, sql, [channel, account, &arrival.provider_id], |_| {
        Ok(())
    })?;
    if known.is_some() {
        return Ok(Arrived::Known);
    }
    match &arrival.deed {
        Deed::Ask(new) => ask(conn, arrival, new, at_ms),
        Deed::Answer { ends, outbound } => answer(conn, arrival, *ends, outbound, at_ms),
    }
}

fn ask(conn: &Connection, arrival: &Arrival, new: &NewRun, at_ms: u64) -> Result<Arrived, Fault> {
    let run = runs::queue(conn, new)?;
    let row = Row {
        state: InboxState::Accepted,
        session: Some(&run.session_key),
        run: Some(&run),
        answer: None,
    };
    insert(conn, arrival, &row, at_ms)?;
    Ok(Arrived::New(Some(Box::new(run))))
}

fn answer(
    conn: &Connection,
    arrival: &Arrival,
    ends: InboxState,
    parts: &[NewOutbound],
    at_ms: u64,
) -> Result<Arrived, Fault> {
    outbox::put(conn, parts)?;
    let first = parts.first();
    let row = Row {
        state: ends,
        session: first.and_then(|part| part.session_key.as_ref()),
        run: None,
        answer: first.map(|part| part.group.as_str()),
    };
    insert(conn, arrival, &row, at_ms)?;
    Ok(Arrived::New(None))
}

/// What an arrival does not tell of its row.
struct Row<'a> {
    state: InboxState,
    session: Option<&'a SessionKey>,
    run: Option<&'a Run>,
    answer: Option<&'a str>,
}

fn insert(conn: &Connection, arrival: &Arrival, row: &Row<'_>, at_ms: u64) -> Result<(), Fault> {
    let (channel, account) = words(&arrival.target.account);
    let ended_at = (row.state != InboxState::Accepted).then(|| bound(at_ms));
    change(
        conn,
        "INSERT INTO inbox (channel, account, provider_id, message_id, peer_kind, peer, thread,
            sender_id, sent_at, arrived_at, state, ended_at, session_key, run_id, turn_run, answer)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15)",
        params![
            channel,
            account,
            arrival.provider_id,
            arrival.message_id,
            arrival.target.peer.kind.as_str(),
            arrival.target.peer.id,
            arrival.target.thread,
            arrival.sender_id,
            bound(arrival.sent_at_ms),
            bound(at_ms),
            row.state.as_str(),
            ended_at,
            row.session.map(SessionKey::as_str),
            row.run.map(|run| run.id.as_str()),
            row.answer,
        ],
    )?;
    Ok(())
}

/// Notes that this run gets its answer from the first one of its turn.
pub(super) fn join_turn(conn: &Connection, run: &RunId, lead: &RunId) -> Result<(), Fault> {
    let sql = "UPDATE inbox SET turn_run = ?2 WHERE run_id = ?1";
    change(conn, sql, [run.as_str(), lead.as_str()])?;
    Ok(())
}

/// Ends what asked for this run.
pub(super) fn end_of_run(
    conn: &Connection,
    run: &RunId,
    end: &RunEnd,
    goes_out: bool,
    at_ms: u64,
) -> Result<(), Fault> {
    let state = rules::inbox_end(end, goes_out).as_str();
    let sql = "UPDATE inbox SET state = ?2, ended_at = ?3 WHERE run_id = ?1 AND state = 'accepted'";
    change(conn, sql, params![run.as_str(), state, bound(at_ms)])?;
    Ok(())
}

fn last_arrival(conn: &Connection, account: &AccountKey) -> Result<Option<u64>, Fault> {
    let sql = "SELECT max(arrived_at) FROM inbox WHERE channel = ?1 AND account = ?2";
    Ok(first(conn, sql, words(account), |row| Ok(row.get(0)?))?.flatten())
}

fn prune(conn: &Connection, arrived_before_ms: u64) -> Result<u64, Fault> {
    let sql = "DELETE FROM inbox WHERE ended_at IS NOT NULL AND arrived_at < ?1";
    change(conn, sql, [bound(arrived_before_ms)])
}

#[async_trait]
impl InboxStore for SqliteStore {
    async fn cursor(
        &self,
        account: &AccountKey,
        owner: &str,
    ) -> Result<Option<String>, StoreError> {
        let (account, owner) = (account.clone(), owner.to_owned());
        self.read("cursor", move |conn| cursor(conn, &account, &owner))
            .await
    }

    async fn arrive(&self, arrivals: Arrivals) -> Result<Vec<Arrived>, StoreError> {
        self.write("arrive", move |conn| arrive(conn, &arrivals))
            .await
    }

    async fn trace(&self, id: &str) -> Result<Vec<Traced>, StoreError> {
        let id = id.to_owned();
        self.read("trace", move |conn| trace::trace(&find::Rows(conn), &id))
            .await
    }

    async fn move_peer(
        &self,
        account: &AccountKey,
        from: &str,
        to: &str,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        let (account, from, to) = (account.clone(), from.to_owned(), to.to_owned());
        self.write("move_peer", move |conn| {
            moves::move_peer(conn, &account, &from, &to, now_ms)
        })
        .await
    }

    async fn moves(&self, account: &AccountKey) -> Result<Vec<(String, String)>, StoreError> {
        let account = account.clone();
        self.read("moves", move |conn| moves::moves(conn, &account))
            .await
    }

    async fn last_arrival(&self, account: &AccountKey) -> Result<Option<u64>, StoreError> {
        let account = account.clone();
        self.read("last_arrival", move |conn| last_arrival(conn, &account))
            .await
    }

    async fn prune_inbox(&self, arrived_before_ms: u64) -> Result<u64, StoreError> {
        self.write("prune_inbox", move |conn| prune(conn, arrived_before_ms))
            .await
    }
}
