//! Runs.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tidegate_core::run::{Accepted, NewRun, Run, RunEnd, RunState};
use tidegate_core::session::SessionKey;
use tidegate_core::store::{Finish, Recovered, RecoveryNote, RunStore, StoreError};
use tidegate_core::transcript::NewMessage;
use tidegate_protocol::RunId;

use super::append::{append, ensure_session, known_transcript, touch_session, transcript_of};
use super::fault::Fault;
use super::once::{remember, remembered};
use super::rows::{self, RUN, all, bound, change, first, json};
use super::store::SqliteStore;
use crate::rules;

fn by_id(conn: &Connection, id: &RunId) -> Result<Option<Run>, Fault> {
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

fn accept(conn: &Connection, new: NewRun) -> Result<Accepted, Fault> {
    if let Some(known) = remembered(conn, &new.once)? {
        let Some(run_id) = known.run_id.filter(|_| known.same_params) else {
            return Ok(Accepted::KeyReused);
        };
        return by_id(conn, &run_id)?
            .map(Accepted::Repeat)
            .ok_or(Fault::Misuse("the run is gone"));
    }
    if !new.room {
        return Ok(Accepted::NoRoom);
    }
    ensure_session(conn, &new.session_key, &new.new_session_id, new.at_ms)?;
    if let Some(label) = &new.request.label {
        let sql = "UPDATE OR IGNORE sessions SET label = ?2 WHERE key = ?1 AND label IS NULL";
        change(conn, sql, [new.session_key.as_str(), label.as_str()])?;
    }
    let id = if is_free(conn, &new.run_id)? {
        new.run_id
    } else {
        new.spare_run_id
    };
    change(
        conn,
        "INSERT INTO runs (id, session_key, session_id, request, state, accepted_at)
         SELECT ?1, s.key, t.session_id, ?3, 'queued', ?4
         FROM sessions s JOIN transcripts t ON t.no = s.transcript WHERE s.key = ?2",
        params![
            id.as_str(),
            new.session_key.as_str(),
            serde_json::to_string(&new.request)?,
            bound(new.at_ms)
        ],
    )?;
    remember(conn, &new.once, Some(&id), None, new.at_ms)?;
    by_id(conn, &id)?
        .map(Accepted::New)
        .ok_or(Fault::Misuse("the run was not stored"))
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
        let turn = *turn.get_or_insert(no);
        let sql = "UPDATE runs SET state = 'running', started_at = ?2, turn = ?3, transcript = ?4
             WHERE no = ?1";
        change(conn, sql, params![no, bound(now_ms), turn, transcript])?;
    }
    Ok(())
}

fn finish(conn: &Connection, finish: &Finish) -> Result<(), Fault> {
    // Where the answer goes; none if the turn ended before, or its transcript is gone.
    let mut answer_to = None;
    let mut worked = false;
    for (at, id) in finish.runs.iter().enumerate() {
        let Row {
            no,
            run,
            transcript,
        } = row(conn, id)?;
        let transcript = match run.state {
            RunState::Ended => continue,
            RunState::Running => transcript,
            RunState::Queued => {
                let transcript = current_transcript(conn, &run.session_key, &run.session_id)?;
                if let Some(transcript) = transcript {
                    let message = rules::unheard(&run.id, &run.request, run.accepted_at_ms);
                    append(conn, transcript, &message)?;
                    touch_session(conn, transcript, finish.at_ms)?;
                }
                transcript
            }
        };
        if at == 0 {
            answer_to = transcript;
            worked = run.state == RunState::Running;
        }
        end_run(conn, no, &finish.end, finish.at_ms)?;
    }
    let Some(transcript) = answer_to else {
        return Ok(());
    };
    if let Some(message) = &finish.message {
        append(conn, transcript, message)?;
    }
    note_end(conn, transcript, &finish.end, worked, finish.at_ms)
}

/// Where words of this run belong that were not written yet.
fn current_transcript(
    conn: &Connection,
    key: &SessionKey,
    session_id: &str,
) -> Result<Option<i64>, Fault> {
    match transcript_of(conn, key)? {
        None => known_transcript(conn, session_id),
        found => Ok(found),
    }
}

fn end_run(conn: &Connection, no: i64, end: &RunEnd, at_ms: u64) -> Result<(), Fault> {
    let sql = "UPDATE runs SET state = 'ended', ended_at = ?2, outcome = ?3 WHERE no = ?1";
    change(
        conn,
        sql,
        params![no, bound(at_ms), serde_json::to_string(end)?],
    )?;
    Ok(())
}

/// Notes the end of a turn with its session, if that still writes into the same transcript. A
/// turn that never `worked` has no tokens to tell.
fn note_end(
    conn: &Connection,
    transcript: i64,
    end: &RunEnd,
    worked: bool,
    at_ms: u64,
) -> Result<(), Fault> {
    touch_session(conn, transcript, at_ms)?;
    change(
        conn,
        "UPDATE sessions SET aborted_last_run = ?2, last_usage = coalesce(?3, last_usage),
            last_maker = coalesce(?4, last_maker) WHERE transcript = ?1",
        params![
            transcript,
            rules::cut_short(end.status),
            json(rules::tokens(end, worked).as_ref())?,
            json(end.maker.as_ref())?
        ],
    )?;
    Ok(())
}

fn recover(conn: &Connection, note: &RecoveryNote, now_ms: u64) -> Result<Recovered, Fault> {
    let end = rules::interrupted_end(note);
    let sql =
        format!("SELECT {RUN}, no, turn, transcript FROM runs WHERE state = 'running' ORDER BY no");
    let at_work = all(conn, &sql, [], |row| {
        let place: (i64, i64, i64) = (row.get(9)?, row.get(10)?, row.get(11)?);
        Ok((rows::run(row)?, place))
    })?;
    let mut recovered = Recovered::default();
    let mut turns = std::collections::BTreeSet::new();
    for (mut run, (no, turn, transcript)) in at_work {
        if turns.insert(turn) {
            append(conn, transcript, &rules::interrupted(&run.id, note, now_ms))?;
            note_end(conn, transcript, &end, false, now_ms)?;
        }
        end_run(conn, no, &end, now_ms)?;
        run.state = RunState::Ended;
        run.ended_at_ms = Some(now_ms);
        run.end = Some(end.clone());
        recovered.interrupted.push(run);
    }
    let sql = format!("SELECT {RUN} FROM runs WHERE state = 'queued' ORDER BY no");
    recovered.queued = all(conn, &sql, [], rows::run)?;
    Ok(recovered)
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
        self.write("accept", move |conn| accept(conn, run)).await
    }

    async fn begin(&self, runs: Vec<(RunId, NewMessage)>, now_ms: u64) -> Result<(), StoreError> {
        self.write("begin", move |conn| begin(conn, &runs, now_ms))
            .await
    }

    async fn finish(&self, end: Finish) -> Result<(), StoreError> {
        self.write("finish", move |conn| finish(conn, &end)).await
    }

    async fn run(&self, id: &RunId) -> Result<Option<Run>, StoreError> {
        let id = id.clone();
        self.read("run", move |conn| by_id(conn, &id)).await
    }

    async fn recover(&self, note: RecoveryNote, now_ms: u64) -> Result<Recovered, StoreError> {
        self.write("recover", move |conn| recover(conn, &note, now_ms))
            .await
    }

    async fn prune(&self, ended_before_ms: u64) -> Result<u64, StoreError> {
        self.write("prune", move |conn| prune(conn, ended_before_ms))
            .await
    }
}
