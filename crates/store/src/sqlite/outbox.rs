//! What goes out to chat networks.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tidegate_core::channel::{AccountKey, Target};
use tidegate_core::run::Once;
use tidegate_core::store::{
    AccountLoad, NewOutbound, OutboxRow, OutboxState, OutboxStep, OutboxStore, Posted, StoreError,
};

use self::list::{IS_DEAD, IS_OPEN, group, load, newest, receipts};
use self::part::PART;
use super::fault::Fault;
use super::once::{remember, remembered};
use super::rows::{all, bound, change, first};
use super::store::SqliteStore;
use crate::parts::KeptPart;
use crate::rules;

mod list;
mod part;

pub(super) use list::{parts_of, ways_named};
pub(super) use part::put;

fn posted(conn: &Connection, once: &Once) -> Result<Option<Posted>, Fault> {
    let known = remembered(conn, once)?;
    Ok(known.map(|known| match known.message_id {
        Some(group) if known.same_params => Posted::Repeat { group },
        _ => Posted::KeyReused,
    }))
}

fn post(conn: &Connection, once: &Once, parts: &[NewOutbound]) -> Result<Posted, Fault> {
    if let Some(known) = posted(conn, once)? {
        return Ok(known);
    }
    let first = rules::group_of(parts).map_err(Fault::Misuse)?;
    put(conn, parts)?;
    remember(conn, once, None, Some(&first.group), first.at_ms)?;
    Ok(Posted::New {
        group: first.group.clone(),
    })
}

/// Goes from line to line in the index of open parts and takes the first of each. A part that was
/// put off stands behind those that came before its new time, so that lines that must wait never
/// crowd out the others.
const HEADS: &str = "
    WITH RECURSIVE lines (line) AS (
        SELECT min(line) FROM outbox WHERE channel = ?1 AND account = ?2 AND settled_at IS NULL
        UNION ALL
        SELECT (SELECT min(line) FROM outbox WHERE channel = ?1 AND account = ?2
                AND settled_at IS NULL AND line > lines.line)
        FROM lines WHERE line IS NOT NULL
    ), heads (head) AS MATERIALIZED (
        SELECT (SELECT min(no) FROM outbox WHERE channel = ?1 AND account = ?2
                AND settled_at IS NULL AND line = lines.line)
        FROM lines WHERE line IS NOT NULL
    )
    SELECT head, not_before FROM heads CROSS JOIN outbox ON no = head
    ORDER BY not_before, head LIMIT ?3";

fn heads(conn: &Connection, account: &AccountKey, limit: u32) -> Result<Vec<OutboxRow>, Fault> {
    let (channel, account) = words(account);
    let numbers: Vec<i64> = all(conn, HEADS, params![channel, account, limit], |row| {
        Ok(row.get(0)?)
    })?;
    let mut heads = Vec::with_capacity(numbers.len());
    for no in numbers {
        heads.extend(by_number(conn, no)?.map(|kept| kept.row));
    }
    Ok(heads)
}

fn by_number(conn: &Connection, no: i64) -> Result<Option<KeptPart>, Fault> {
    let sql = format!("SELECT {PART} FROM outbox WHERE no = ?1");
    first(conn, &sql, [no], part::kept)
}

fn words(account: &AccountKey) -> (&str, &str) {
    (account.channel.as_str(), account.account.as_str())
}

fn step(
    conn: &Connection,
    no: u64,
    step: OutboxStep,
    now_ms: u64,
) -> Result<Option<OutboxRow>, Fault> {
    let found = by_number(conn, bound(no))?;
    let Some(mut part) = found.filter(|part| part.row.state.is_open()) else {
        return Ok(None);
    };
    let died_of = match &step {
        OutboxStep::Dead { reason } => Some(reason.clone()),
        _ => None,
    };
    part.step(step, now_ms);
    part::save(conn, &part)?;
    if let Some(reason) = died_of {
        for mut later in later_open(conn, &part.row.item)? {
            later.die_with(no, &reason, now_ms);
            part::save(conn, &later)?;
        }
    }
    Ok(Some(part.row))
}

/// The open parts of the group that come after this one.
fn later_open(conn: &Connection, item: &NewOutbound) -> Result<Vec<KeptPart>, Fault> {
    let sql =
        format!("SELECT {PART} FROM outbox WHERE answer = ?1 AND part > ?2 AND settled_at IS NULL");
    all(conn, &sql, params![item.group, item.part], part::kept)
}

fn dead(conn: &Connection, no: u64) -> Result<Option<KeptPart>, Fault> {
    let found = by_number(conn, bound(no))?;
    Ok(found.filter(|part| part.row.state == OutboxState::Dead))
}

fn revive(conn: &Connection, no: u64, expires_at_ms: u64, now_ms: u64) -> Result<bool, Fault> {
    let Some(part) = dead(conn, no)? else {
        return Ok(false);
    };
    let sql = format!(
        "SELECT {PART} FROM outbox WHERE answer = ?1 AND state = 'dead'
            AND (no = ?2 OR died_with = ?2)"
    );
    let first = bound(part.died_first());
    let together = all(conn, &sql, params![part.row.item.group, first], part::kept)?;
    for mut part in together {
        part.revive(expires_at_ms, now_ms);
        part::save(conn, &part)?;
    }
    Ok(true)
}

fn discard(conn: &Connection, no: u64, now_ms: u64) -> Result<bool, Fault> {
    let Some(mut part) = dead(conn, no)? else {
        return Ok(false);
    };
    part.discard(now_ms);
    part::save(conn, &part)?;
    Ok(true)
}

const PRUNE: &str = "DELETE FROM outbox WHERE state IN ('sent', 'dropped') AND settled_at < ?1";

fn prune(conn: &Connection, settled_before_ms: u64) -> Result<u64, Fault> {
    change(conn, PRUNE, [bound(settled_before_ms)])
}

#[async_trait]
impl OutboxStore for SqliteStore {
    async fn post(&self, once: Once, parts: Vec<NewOutbound>) -> Result<Posted, StoreError> {
        self.write("post", move |conn| post(conn, &once, &parts))
            .await
    }

    async fn posted(&self, once: &Once) -> Result<Option<Posted>, StoreError> {
        let once = once.clone();
        self.read("posted", move |conn| posted(conn, &once)).await
    }

    async fn put(&self, parts: Vec<NewOutbound>) -> Result<(), StoreError> {
        self.write("put", move |conn| put(conn, &parts)).await
    }

    async fn heads(&self, account: &AccountKey, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
        let account = account.clone();
        self.read("heads", move |conn| heads(conn, &account, limit))
            .await
    }

    async fn step(
        &self,
        no: u64,
        happened: OutboxStep,
        now_ms: u64,
    ) -> Result<Option<OutboxRow>, StoreError> {
        self.write("step", move |conn| step(conn, no, happened, now_ms))
            .await
    }

    async fn group(&self, name: &str) -> Result<Vec<OutboxRow>, StoreError> {
        let name = name.to_owned();
        self.read("group", move |conn| group(conn, &name)).await
    }

    async fn dead_letters(
        &self,
        account: Option<&AccountKey>,
        limit: u32,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let account = account.cloned();
        self.read("dead_letters", move |conn| {
            newest(conn, IS_DEAD, account.as_ref(), limit)
        })
        .await
    }

    async fn open_parts(
        &self,
        account: Option<&AccountKey>,
        limit: u32,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let account = account.cloned();
        self.read("open_parts", move |conn| {
            newest(conn, IS_OPEN, account.as_ref(), limit)
        })
        .await
    }

    async fn revive(&self, no: u64, expires_at_ms: u64, now_ms: u64) -> Result<bool, StoreError> {
        self.write("revive", move |conn| {
            revive(conn, no, expires_at_ms, now_ms)
        })
        .await
    }

    async fn discard(&self, no: u64, now_ms: u64) -> Result<bool, StoreError> {
        self.write("discard", move |conn| discard(conn, no, now_ms))
            .await
    }

    async fn receipts(&self, target: &Target, since_ms: u64) -> Result<Vec<String>, StoreError> {
        let target = target.clone();
        self.read("receipts", move |conn| receipts(conn, &target, since_ms))
            .await
    }

    async fn load(&self, account: &AccountKey) -> Result<AccountLoad, StoreError> {
        let account = account.clone();
        self.read("load", move |conn| load(conn, &account)).await
    }

    async fn prune_outbox(&self, settled_before_ms: u64) -> Result<u64, StoreError> {
        self.write("prune_outbox", move |conn| prune(conn, settled_before_ms))
            .await
    }
}

#[cfg(test)]
mod tests;
