//! Questions to a person, and the rules that say when one is asked.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use tidegate_core::approval::{Approval, Ending, Outcome};
use tidegate_core::exec::SubjectHash;
use tidegate_core::store::{
    ApprovalStore, NewApproval, NewRules, Settled, StoreError, StoredRules,
};

use super::fault::Fault;
use super::rows::{all, bound, change, first, from_json};
use super::store::SqliteStore;
use crate::rules::is_late;

/// Columns of a question.
const APPROVAL: &str =
    "id, question, asked_at, expires_at, outcome, decided_by, ended_at, spent_at";

fn approval(row: &Row<'_>) -> Result<Approval, Fault> {
    let outcome: Option<String> = row.get(4)?;
    let ending = match outcome {
        None => None,
        Some(word) => Some(Ending {
            outcome: Outcome::parse(&word).ok_or(Fault::Unknown(word))?,
            by: row.get(5)?,
            at_ms: row.get(6)?,
        }),
    };
    Ok(Approval {
        id: row.get(0)?,
        question: from_json(row, 1)?,
        asked_at_ms: row.get(2)?,
        expires_at_ms: row.get(3)?,
        ending,
        spent_at_ms: row.get(7)?,
    })
}

fn rules(conn: &Connection) -> Result<Option<StoredRules>, Fault> {
    first(conn, "SELECT text, hash, at FROM exec_rules", [], |row| {
        Ok(StoredRules {
            text: row.get(0)?,
            hash: row.get(1)?,
            at_ms: row.get(2)?,
        })
    })
}

fn set_rules(conn: &Connection, new: &NewRules) -> Result<bool, Fault> {
    if rules(conn)?.map(|there| there.hash) != new.base {
        return Ok(false);
    }
    change(
        conn,
        "INSERT OR REPLACE INTO exec_rules (one, text, hash, at) VALUES (1, ?1, ?2, ?3)",
        params![new.rules.text, new.rules.hash, bound(new.rules.at_ms)],
    )?;
    Ok(true)
}

fn ask(conn: &Connection, new: &NewApproval) -> Result<bool, Fault> {
    let subject = new.question.matter.hash();
    let stored = change(
        conn,
        "INSERT INTO approvals (id, question, subject, asked_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING",
        params![
            new.id,
            serde_json::to_string(&new.question)?,
            subject.as_bytes(),
            bound(new.asked_at_ms),
            bound(new.expires_at_ms)
        ],
    )?;
    Ok(stored > 0)
}

fn by_id(conn: &Connection, id: &str) -> Result<Option<Approval>, Fault> {
    let sql = format!("SELECT {APPROVAL} FROM approvals WHERE id = ?1");
    first(conn, &sql, [id], approval)
}

fn settle(
    conn: &Connection,
    id: &str,
    ending: Ending,
    rules: Option<&NewRules>,
) -> Result<Settled, Fault> {
    let Some(mut found) = by_id(conn, id)? else {
        return Ok(Settled::Unknown);
    };
    if found.ending.is_some() {
        return Ok(Settled::Before(Box::new(found)));
    }
    if is_late(&found, &ending) {
        return Ok(Settled::Late);
    }
    if let Some(new) = rules
        && !set_rules(conn, new)?
    {
        return Ok(Settled::OtherRules);
    }
    change(
        conn,
        "UPDATE approvals SET outcome = ?2, decided_by = ?3, ended_at = ?4 WHERE id = ?1",
        params![id, ending.outcome.as_str(), ending.by, bound(ending.at_ms)],
    )?;
    found.ending = Some(ending);
    Ok(Settled::Now(Box::new(found)))
}

fn spend(conn: &Connection, id: &str, subject: SubjectHash, now_ms: u64) -> Result<bool, Fault> {
    let spent = change(
        conn,
        "UPDATE approvals SET spent_at = ?3
         WHERE id = ?1 AND subject = ?2 AND spent_at IS NULL
            AND outcome IN ('allow-once', 'allow-always')",
        params![id, subject.as_bytes(), bound(now_ms)],
    )?;
    Ok(spent > 0)
}

fn open(conn: &Connection) -> Result<Vec<Approval>, Fault> {
    let sql = format!("SELECT {APPROVAL} FROM approvals WHERE outcome IS NULL ORDER BY no");
    all(conn, &sql, [], approval)
}

fn ended(conn: &Connection, before: Option<&str>, most: usize) -> Result<Vec<Approval>, Fault> {
    let sql = format!(
        "SELECT {APPROVAL} FROM approvals
         WHERE outcome IS NOT NULL AND (?1 IS NULL
            OR (ended_at, no) < (SELECT ended_at, no FROM approvals WHERE id = ?1))
         ORDER BY ended_at DESC, no DESC LIMIT ?2"
    );
    all(conn, &sql, params![before, bound(most as u64)], approval)
}

fn expire(conn: &Connection, expires_until_ms: u64, now_ms: u64) -> Result<u64, Fault> {
    change(
        conn,
        "UPDATE approvals SET outcome = 'expired', ended_at = ?2
         WHERE outcome IS NULL AND expires_at <= ?1",
        [bound(expires_until_ms), bound(now_ms)],
    )
}

fn prune(conn: &Connection, ended_before_ms: u64) -> Result<u64, Fault> {
    let before = [bound(ended_before_ms)];
    let sql = "DELETE FROM approvals WHERE outcome IS NOT NULL AND ended_at < ?1";
    change(conn, sql, before)
}

#[async_trait]
impl ApprovalStore for SqliteStore {
    async fn exec_rules(&self) -> Result<Option<StoredRules>, StoreError> {
        self.read("exec_rules", rules).await
    }

    async fn set_exec_rules(&self, new: NewRules) -> Result<bool, StoreError> {
        self.write("set_exec_rules", move |conn| set_rules(conn, &new))
            .await
    }

    async fn ask_approval(&self, new: NewApproval) -> Result<bool, StoreError> {
        self.write("ask_approval", move |conn| ask(conn, &new))
            .await
    }

    async fn settle_approval(
        &self,
        id: &str,
        ending: Ending,
        rules: Option<NewRules>,
    ) -> Result<Settled, StoreError> {
        let id = id.to_owned();
        self.write("settle_approval", move |conn| {
            settle(conn, &id, ending, rules.as_ref())
        })
        .await
    }

    async fn spend_approval(
        &self,
        id: &str,
        subject: SubjectHash,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.write("spend_approval", move |conn| {
            spend(conn, &id, subject, now_ms)
        })
        .await
    }

    async fn approval(&self, id: &str) -> Result<Option<Approval>, StoreError> {
        let id = id.to_owned();
        self.read("approval", move |conn| by_id(conn, &id)).await
    }

    async fn open_approvals(&self) -> Result<Vec<Approval>, StoreError> {
        self.read("open_approvals", open).await
    }

    async fn ended_approvals(
        &self,
        before: Option<&str>,
        most: usize,
    ) -> Result<Vec<Approval>, StoreError> {
        let before = before.map(str::to_owned);
        self.read("ended_approvals", move |conn| {
            ended(conn, before.as_deref(), most)
        })
        .await
    }

    async fn expire_approvals(
        &self,
        expires_until_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        self.write("expire_approvals", move |conn| {
            expire(conn, expires_until_ms, now_ms)
        })
        .await
    }

    async fn prune_approvals(&self, ended_before_ms: u64) -> Result<u64, StoreError> {
        self.write("prune_approvals", move |conn| prune(conn, ended_before_ms))
            .await
    }
}
