//! People on chat networks who ask to be let in, and those who were.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use tidegate_core::channel::AccountKey;
use tidegate_core::store::{
    AdmittedSender, SenderAsk, SenderAsked, SenderRequest, SenderStore, StoreError,
};
use tidegate_protocol::ChannelId;

use super::fault::Fault;
use super::places;
use super::rows::{all, bound, change, first};
use super::store::SqliteStore;

/// Columns of a request.
const REQUEST: &str = "channel, account, peer_kind, peer, thread, sender_id, name, code, at";
/// Columns of somebody who was let in.
const SENDER: &str = "channel, account, peer_kind, peer, thread, sender_id, name, owner, at";

fn request(row: &Row<'_>) -> Result<SenderRequest, Fault> {
    Ok(SenderRequest {
        account: places::account(row, 0)?,
        chat: places::target(row, 0)?,
        sender_id: row.get(5)?,
        name: row.get(6)?,
        code: row.get(7)?,
        at_ms: row.get(8)?,
    })
}

fn sender(row: &Row<'_>) -> Result<AdmittedSender, Fault> {
    Ok(AdmittedSender {
        account: places::account(row, 0)?,
        chat: places::target(row, 0)?,
        sender_id: row.get(5)?,
        name: row.get(6)?,
        owner: row.get(7)?,
        at_ms: row.get(8)?,
    })
}

fn ask_in(
    conn: &Connection,
    ask: &SenderAsk,
    expired_before_ms: u64,
    max_pending: u32,
) -> Result<SenderAsked, Fault> {
    if ask.chat.account != ask.account {
        return Err(Fault::Misuse("the chat is of another account"));
    }
    let expired = [bound(expired_before_ms)];
    change(conn, "DELETE FROM sender_requests WHERE at < ?1", expired)?;
    let (channel, account) = (ask.account.channel.as_str(), ask.account.account.as_str());
    let sql = "SELECT 1 FROM sender_requests
         WHERE channel = ?1 AND account = ?2 AND sender_id = ?3";
    let pending = first(conn, sql, [channel, account, &ask.sender_id], |_| Ok(()))?;
    if pending.is_some() {
        return Ok(SenderAsked::Pending);
    }
    let sql = "SELECT count(*) FROM sender_requests WHERE channel = ?1";
    let waiting: Option<u32> = first(conn, sql, [channel], |row| Ok(row.get(0)?))?;
    if waiting.unwrap_or(0) >= max_pending {
        return Ok(SenderAsked::Full);
    }
    change(
        conn,
        "INSERT INTO sender_requests
            (channel, account, peer_kind, peer, thread, sender_id, name, code, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            channel,
            account,
            ask.chat.peer.kind.as_str(),
            ask.chat.peer.id,
            ask.chat.thread,
            ask.sender_id,
            ask.name,
            ask.code,
            bound(ask.at_ms)
        ],
    )?;
    Ok(SenderAsked::New)
}

fn waiting(conn: &Connection, after_ms: u64) -> Result<Vec<SenderRequest>, Fault> {
    let sql = format!("SELECT {REQUEST} FROM sender_requests WHERE at > ?1 ORDER BY at, no");
    all(conn, &sql, [bound(after_ms)], request)
}

fn admit(
    conn: &Connection,
    channel: &ChannelId,
    code: &str,
    owner: bool,
    after_ms: u64,
    now_ms: u64,
) -> Result<Option<AdmittedSender>, Fault> {
    let sql = format!(
        "DELETE FROM sender_requests WHERE channel = ?1 AND code = ?2 AND at > ?3
         RETURNING {REQUEST}"
    );
    let asked = params![channel.as_str(), code, bound(after_ms)];
    // Every row is read, so that the statement is carried out to its end.
    let Some(asked) = all(conn, &sql, asked, request)?.pop() else {
        return Ok(None);
    };
    let admitted = AdmittedSender {
        account: asked.account,
        sender_id: asked.sender_id,
        name: asked.name,
        chat: asked.chat,
        owner,
        at_ms: now_ms,
    };
    change(
        conn,
        "INSERT OR REPLACE INTO senders
            (channel, account, peer_kind, peer, thread, sender_id, name, owner, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            admitted.account.channel.as_str(),
            admitted.account.account.as_str(),
            admitted.chat.peer.kind.as_str(),
            admitted.chat.peer.id,
            admitted.chat.thread,
            admitted.sender_id,
            admitted.name,
            admitted.owner,
            bound(now_ms)
        ],
    )?;
    Ok(Some(admitted))
}

fn admitted(conn: &Connection, account: Option<&AccountKey>) -> Result<Vec<AdmittedSender>, Fault> {
    let order = "ORDER BY at, channel, account, sender_id";
    let Some(AccountKey { channel, account }) = account else {
        return all(
            conn,
            &format!("SELECT {SENDER} FROM senders {order}"),
            [],
            sender,
        );
    };
    let sql = format!("SELECT {SENDER} FROM senders WHERE channel = ?1 AND account = ?2 {order}");
    all(conn, &sql, [channel.as_str(), account.as_str()], sender)
}

fn find(
    conn: &Connection,
    account: &AccountKey,
    sender_id: &str,
) -> Result<Option<AdmittedSender>, Fault> {
    let sql = format!(
        "SELECT {SENDER} FROM senders WHERE channel = ?1 AND account = ?2 AND sender_id = ?3"
    );
    let AccountKey { channel, account } = account;
    first(
        conn,
        &sql,
        [channel.as_str(), account.as_str(), sender_id],
        sender,
    )
}

fn dismiss(conn: &Connection, account: &AccountKey, sender_id: &str) -> Result<bool, Fault> {
    let AccountKey { channel, account } = account;
    let mut gone = 0;
    for table in ["senders", "sender_requests"] {
        let sql =
            format!("DELETE FROM {table} WHERE channel = ?1 AND account = ?2 AND sender_id = ?3");
        gone += change(conn, &sql, [channel.as_str(), account.as_str(), sender_id])?;
    }
    Ok(gone > 0)
}

#[async_trait]
impl SenderStore for SqliteStore {
    async fn ask_in(
        &self,
        ask: SenderAsk,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<SenderAsked, StoreError> {
        self.write("ask_in", move |conn| {
            ask_in(conn, &ask, expired_before_ms, max_pending)
        })
        .await
    }

    async fn waiting(&self, after_ms: u64) -> Result<Vec<SenderRequest>, StoreError> {
        self.read("waiting", move |conn| waiting(conn, after_ms))
            .await
    }

    async fn admit(
        &self,
        channel: &ChannelId,
        code: &str,
        owner: bool,
        after_ms: u64,
        now_ms: u64,
    ) -> Result<Option<AdmittedSender>, StoreError> {
        let (channel, code) = (channel.clone(), code.to_owned());
        self.write("admit", move |conn| {
            admit(conn, &channel, &code, owner, after_ms, now_ms)
        })
        .await
    }

    async fn admitted(
        &self,
        account: Option<&AccountKey>,
    ) -> Result<Vec<AdmittedSender>, StoreError> {
        let account = account.cloned();
        self.read("admitted", move |conn| admitted(conn, account.as_ref()))
            .await
    }

    async fn sender(
        &self,
        account: &AccountKey,
        sender_id: &str,
    ) -> Result<Option<AdmittedSender>, StoreError> {
        let (account, id) = (account.clone(), sender_id.to_owned());
        self.read("sender", move |conn| find(conn, &account, &id))
            .await
    }

    async fn dismiss(&self, account: &AccountKey, sender_id: &str) -> Result<bool, StoreError> {
        let (account, id) = (account.clone(), sender_id.to_owned());
        self.write("dismiss", move |conn| dismiss(conn, &account, &id))
            .await
    }
}
