//! Names of nodes, the January list of paired names, and the port of all of it.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use tidegate_core::SecretHash;
use tidegate_core::node::CallEnding;
use tidegate_core::run::Once;
use tidegate_core::store::{
    CallBegun, KnownCall, NewNodeCall, NodeAsk, NodeCall, NodeStore, PairedName, StoreError,
    WaitingCall, WaitingRoom,
};
use tidegate_protocol::DeviceId;

use super::fault::Fault;
use super::node_calls as calls;
use super::rows::{all, bound, change, first, from_json};
use super::store::SqliteStore;

/// Columns of a name that asks.
const ASK: &str = "request_id, node, plate, at";
/// Columns of a name that was paired.
const PAIRED: &str = "node, plate, token, created_at, approved_at";

fn asking(row: &Row<'_>) -> Result<NodeAsk, Fault> {
    Ok(NodeAsk {
        request_id: row.get(0)?,
        node_id: row.get(1)?,
        plate: from_json(row, 2)?,
        at_ms: row.get(3)?,
    })
}

fn paired(row: &Row<'_>) -> Result<PairedName, Fault> {
    Ok(PairedName {
        node_id: row.get(0)?,
        plate: from_json(row, 1)?,
        token: SecretHash::from_bytes(row.get(2)?),
        created_at_ms: row.get(3)?,
        approved_at_ms: row.get(4)?,
    })
}

fn ask(
    conn: &Connection,
    ask: NodeAsk,
    expired_before_ms: u64,
    max_pending: u32,
) -> Result<(NodeAsk, bool), Fault> {
    let sql = "DELETE FROM node_asks WHERE at < ?1";
    change(conn, sql, [bound(expired_before_ms)])?;
    let sql = format!("SELECT {ASK} FROM node_asks WHERE node = ?1");
    if let Some(stored) = first(conn, &sql, [&ask.node_id], asking)? {
        return Ok((stored, false));
    }
    change(
        conn,
        "DELETE FROM node_asks WHERE no NOT IN
            (SELECT no FROM node_asks ORDER BY at DESC, no DESC LIMIT ?1)",
        [max_pending.saturating_sub(1)],
    )?;
    change(
        conn,
        "INSERT INTO node_asks (request_id, node, plate, at) VALUES (?1, ?2, ?3, ?4)",
        params![
            ask.request_id,
            ask.node_id,
            serde_json::to_string(&ask.plate)?,
            bound(ask.at_ms)
        ],
    )?;
    Ok((ask, true))
}

fn pair(
    conn: &Connection,
    request_id: &str,
    token: &SecretHash,
    after_ms: u64,
    now_ms: u64,
) -> Result<Option<PairedName>, Fault> {
    let sql = format!("DELETE FROM node_asks WHERE request_id = ?1 AND at > ?2 RETURNING {ASK}");
    // Every row is read, so that the statement is carried out to its end.
    let asked = all(conn, &sql, params![request_id, bound(after_ms)], asking)?.pop();
    let Some(asked) = asked else {
        return Ok(None);
    };
    let sql = format!(
        "INSERT INTO paired_names (node, plate, token, created_at, approved_at)
         VALUES (?1, ?2, ?3, ?4, ?4)
         ON CONFLICT (node) DO UPDATE SET
            plate = excluded.plate, token = excluded.token, approved_at = excluded.approved_at
         RETURNING {PAIRED}"
    );
    let row = params![
        asked.node_id,
        serde_json::to_string(&asked.plate)?,
        token.as_bytes(),
        bound(now_ms)
    ];
    Ok(all(conn, &sql, row, paired)?.pop())
}

fn refuse(conn: &Connection, request_id: &str) -> Result<Option<String>, Fault> {
    let sql = "DELETE FROM node_asks WHERE request_id = ?1 RETURNING node";
    Ok(all(conn, sql, [request_id], |row| Ok(row.get(0)?))?.pop())
}

#[async_trait]
impl NodeStore for SqliteStore {
    async fn begin_call(
        &self,
        call: NewNodeCall,
        room: WaitingRoom,
    ) -> Result<CallBegun, StoreError> {
        self.write("begin_call", move |conn| calls::begin(conn, &call, room))
            .await
    }

    async fn find_call(&self, once: &Once) -> Result<Option<KnownCall>, StoreError> {
        let once = once.clone();
        self.read("find_call", move |conn| calls::find(conn, &once))
            .await
    }

    async fn end_call(
        &self,
        id: &str,
        ending: CallEnding,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.write("end_call", move |conn| {
            calls::end(conn, &id, &ending, now_ms)
        })
        .await
    }

    async fn next_call(
        &self,
        node: &DeviceId,
        now_ms: u64,
    ) -> Result<Option<(NodeCall, WaitingCall)>, StoreError> {
        let node = node.clone();
        self.write("next_call", move |conn| calls::next(conn, &node, now_ms))
            .await
    }

    async fn put_back(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.write("put_back", move |conn| calls::put_back(conn, &id))
            .await
    }

    async fn call(&self, id: &str) -> Result<Option<NodeCall>, StoreError> {
        let id = id.to_owned();
        self.read("call", move |conn| calls::by_id(conn, &id)).await
    }

    async fn waiting_calls(&self, now_ms: u64) -> Result<Vec<NodeCall>, StoreError> {
        self.read("waiting_calls", move |conn| {
            calls::waiting_calls(conn, now_ms)
        })
        .await
    }

    async fn cancel_call(&self, id: &str, now_ms: u64) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.write("cancel_call", move |conn| calls::cancel(conn, &id, now_ms))
            .await
    }

    async fn recover_calls(&self, now_ms: u64) -> Result<u64, StoreError> {
        self.write("recover_calls", move |conn| calls::recover(conn, now_ms))
            .await
    }

    async fn prune_calls(&self, ended_before_ms: u64) -> Result<u64, StoreError> {
        self.write("prune_calls", move |conn| {
            calls::prune(conn, ended_before_ms)
        })
        .await
    }

    async fn name_node(&self, node_id: &str, name: &str) -> Result<(), StoreError> {
        let row = [node_id.to_owned(), name.to_owned()];
        self.write("name_node", move |conn| {
            let sql = "INSERT OR REPLACE INTO node_names (node, name) VALUES (?1, ?2)";
            change(conn, sql, row).map(|_| ())
        })
        .await
    }

    async fn node_names(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.read("node_names", |conn| {
            let sql = "SELECT node, name FROM node_names ORDER BY node";
            all(conn, sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
        })
        .await
    }

    async fn ask_pairing(
        &self,
        asked: NodeAsk,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<(NodeAsk, bool), StoreError> {
        self.write("ask_pairing", move |conn| {
            ask(conn, asked, expired_before_ms, max_pending)
        })
        .await
    }

    async fn pairing_asks(&self, after_ms: u64) -> Result<Vec<NodeAsk>, StoreError> {
        self.read("pairing_asks", move |conn| {
            let sql =
                format!("SELECT {ASK} FROM node_asks WHERE at > ?1 ORDER BY at DESC, no DESC");
            all(conn, &sql, [bound(after_ms)], asking)
        })
        .await
    }

    async fn paired_names(&self) -> Result<Vec<PairedName>, StoreError> {
        self.read("paired_names", |conn| {
            let sql = format!("SELECT {PAIRED} FROM paired_names ORDER BY approved_at DESC, node");
            all(conn, &sql, [], paired)
        })
        .await
    }

    async fn pair_name(
        &self,
        request_id: &str,
        token: SecretHash,
        after_ms: u64,
        now_ms: u64,
    ) -> Result<Option<PairedName>, StoreError> {
        let id = request_id.to_owned();
        self.write("pair_name", move |conn| {
            pair(conn, &id, &token, after_ms, now_ms)
        })
        .await
    }

    async fn refuse_name(&self, request_id: &str) -> Result<Option<String>, StoreError> {
        let id = request_id.to_owned();
        self.write("refuse_name", move |conn| refuse(conn, &id))
            .await
    }
}
