//! Runs.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tidegate_core::run::{Accepted, NewRun, Once, Run, RunState};
use tidegate_core::store::{Finish, Recovered, RecoveryNote, RunStore, StoreError};
use tidegate_core::transcript::NewMessage;
use tidegate_protocol::RunId;

use super::append::{append, ensure_session, touch_session};
use super::fault::Fault;
use super::inbox;
use super::once::{remember, remembered};
use super::rows::{self, RUN, bound, change, first};
use super::store::SqliteStore;

mod end;
mod queue;

pub(super) use queue::queue;

/// One run.
pub(super) fn by_id(conn: &Connection, id: &RunId) -> Result<Option<Run>, Fault> {
    first(
        conn,
        &format!("SELECT {RUN} FROM runs WHERE id = ?1"),
        [id.as_str()],
        rows::run,
    )
}

fn is_free(conn: &Connection, id: &RunId) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM runs WHERE id = ?1";
    Ok(first(conn, sql, [id.as_str()], |_| Ok(()))?.is_none())
}

fn find_accepted(conn: &Connection, once: &Once) -> Result<Option<Accepted>, Fault> {
    let Some(known) = remembered(conn, once)? else {
        return Ok(None);
    };
    let Some(run_id) = known.run_id.filter(|_| known.same_params) else {
        return Ok(Some(Accepted::KeyReused));
    };
    let run = by_id(conn, &run_id)?.ok_or(Fault::Misuse("the run is gone"))?;
    Ok(Some(Accepted::Repeat(run)))
}

fn accept(conn: &Connection, new: &NewRun) -> Result<Accepted, Fault> {
    if let Some(known) = find_accepted(conn, &new.once)? {
        return Ok(known);
    }
    if !new.room {
        return Ok(Accepted::NoRoom);
    }
    let run = queue(conn, new)?;
    remember(conn, &new.once, Some(&run.id), None, new.at_ms)?;
    Ok(Accepted::New(run))
}

/// A run as `begin` and `finish` see it.
struct Row {
    no: i64,
    run: Run,
    transcript: Option<i64>,
}

fn row(conn: &Connection, id: &RunId) -> Result<Row, Fault> {
    let sql = format!("SELECT {RUN}, no, transcript FROM runs WHERE id = ?1");
    let found = first(conn, &sql, [id.as_str()], |row| {
        Ok(Row {
            run: rows::run(row)?,
            no: row.get(9)?,
            transcript: row.get(10)?,
        })
    })?;
    found.ok_or(Fault::Misuse("there is no such run"))
}

fn begin(conn: &Connection, runs: &[(RunId, NewMessage)], now_ms: u64) -> Result<(), Fault> {
    let mut turn = None;
    for (id, message) in runs {
        let Row { no, run, .. } = row(conn, id)?;
        if run.state != RunState::Queued {
            continue;
        }
        let transcript = ensure_session(conn, &run.session_key, &run.session_id, now_ms)?;
        append(conn, transcript, message)?;
        let (turn, lead) = *turn.get_or_insert((no, id));
        if turn != no {
            inbox::join_turn(conn, id, lead)?;
        }
        let sql = "UPDATE runs SET state = 'running', started_at = ?2, turn = ?3, transcript = ?4
             WHERE no = ?1";
        change(conn, sql, params![no, bound(now_ms), turn, transcript])?;
    }
    Ok(())
}

fn go_on(conn: &Connection, id: &RunId, message: &NewMessage) -> Result<bool, Fault> {
    let Row {
        run, transcript, ..
    } = row(conn, id)?;
    let Some(transcript) = transcript.filter(|_| run.state == RunState::Running) else {
        return Ok(false);
    };
    append(conn, transcript, message)?;
    touch_session(conn, transcript, message.at_ms)?;
    Ok(true)
}

fn reword(conn: &Connection, id: &RunId, message: String) -> Result<bool, Fault> {
    let Some(mut run) = by_id(conn, id)?.filter(|run| run.state == RunState::Queued) else {
        return Ok(false);
    };
    run.request.message = message;
    let request = serde_json::to_string(&run.request)?;
    let sql = "UPDATE runs SET request = ?2 WHERE id = ?1";
    Ok(change(conn, sql, [id.as_str(), &request])? > 0)
}

fn prune(conn: &Connection, ended_before_ms: u64) -> Result<u64, Fault> {
    let before = [bound(ended_before_ms)];
    // What is remembered of a run goes with it.
    let runs = change(
        conn,
        "DELETE FROM runs WHERE state = 'ended' AND ended_at < ?1",
        before,
    )?;
    let delivered = change(
        conn,
        "DELETE FROM once WHERE run_id IS NULL AND at < ?1",
        before,
    )?;
    Ok(runs + delivered)
}

#[async_trait]
impl RunStore for SqliteStore {
    async fn accept(&self, run: NewRun) -> Result<Accepted, StoreError> {
        self.write("accept", move |conn| accept(conn, &run)).await
    }

    async fn find_accepted(&self, once: &Once) -> Result<Option<Accepted>, StoreError> {
        let once = once.clone();
        self.read("find_accepted", move |conn| find_accepted(conn, &once))
            .await
    }

    async fn begin(&self, runs: Vec<(RunId, NewMessage)>, now_ms: u64) -> Result<(), StoreError> {
        self.write("begin", move |conn| begin(conn, &runs, now_ms))
            .await
    }

    async fn go_on(&self, id: &RunId, message: NewMessage) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write("go_on", move |conn| go_on(conn, &id, &message))
            .await
    }

    async fn reword(&self, id: &RunId, message: String) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write("reword", move |conn| reword(conn, &id, message))
            .await
    }

    async fn finish(&self, end: Finish) -> Result<(), StoreError> {
        self.write("finish", move |conn| end::finish(conn, &end))
            .await
    }

    async fn run(&self, id: &RunId) -> Result<Option<Run>, StoreError> {
        let id = id.clone();
        self.read("run", move |conn| by_id(conn, &id)).await
    }

    async fn recover(&self, note: RecoveryNote, now_ms: u64) -> Result<Recovered, StoreError> {
        self.write("recover", move |conn| end::recover(conn, &note, now_ms))
            .await
    }

    async fn prune(&self, ended_before_ms: u64) -> Result<u64, StoreError> {
        self.write("prune", move |conn| prune(conn, ended_before_ms))
            .await
    }
}
