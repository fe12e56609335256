//! Runs end: with an answer, or because the gateway did.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use tidegate_core::run::{Run, RunEnd, RunState};
use tidegate_core::session::SessionKey;
use tidegate_core::store::{Finish, Recovered, RecoveryNote};

use super::super::append::{append, end_calls, known_transcript, touch_session, transcript_of};
use super::super::fault::Fault;
use super::super::rows::{self, RUN, all, bound, change, json};
use super::super::{inbox, outbox};
use super::{Row, row};
use crate::rules;

/// The first run of a turn, as it was before the turn ended.
struct Lead {
    /// Where the answer is written; none if that is gone.
    transcript: Option<i64>,
    /// Whether it was at work.
    worked: bool,
}

pub(super) fn finish(conn: &Connection, finish: &Finish) -> Result<(), Fault> {
    let goes_out = !finish.outbound.is_empty();
    // None if the turn ended before.
    let mut lead = None;
    for (at, id) in finish.runs.iter().enumerate() {
        let Row {
            no,
            run,
            transcript,
        } = row(conn, id)?;
        let transcript = match run.state {
            RunState::Ended => continue,
            RunState::Running => transcript,
            RunState::Queued => hear(conn, &run, finish.at_ms)?,
        };
        match finish.runs.first() {
            Some(first) if at > 0 => inbox::join_turn(conn, id, first)?,
            _ => {
                lead = Some(Lead {
                    transcript,
                    worked: run.state == RunState::Running,
                });
            }
        }
        end_run(conn, no, &finish.end, finish.at_ms)?;
        inbox::end_of_run(conn, id, &finish.end, goes_out, finish.at_ms)?;
    }
    match lead {
        Some(lead) => tell(conn, finish, &lead),
        None => Ok(()),
    }
}

/// Writes the words of a run down that ends before it began. Says where.
fn hear(conn: &Connection, run: &Run, at_ms: u64) -> Result<Option<i64>, Fault> {
    let transcript = current_transcript(conn, &run.session_key, &run.session_id)?;
    if let Some(transcript) = transcript {
        let message = rules::unheard(&run.id, &run.request, run.accepted_at_ms);
        append(conn, transcript, &message)?;
        touch_session(conn, transcript, at_ms)?;
    }
    Ok(transcript)
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

/// Writes the answer down and sends it out.
fn tell(conn: &Connection, finish: &Finish, lead: &Lead) -> Result<(), Fault> {
    outbox::put(conn, &finish.outbound)?;
    let Some(transcript) = lead.transcript else {
        return Ok(());
    };
    if let Some(run) = finish.runs.first() {
        end_calls(conn, transcript, run, finish.at_ms)?;
    }
    if let Some(message) = &finish.message {
        append(conn, transcript, message)?;
    }
    note_end(conn, transcript, &finish.end, lead.worked, finish.at_ms)
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

pub(super) fn recover(
    conn: &Connection,
    note: &RecoveryNote,
    now_ms: u64,
) -> Result<Recovered, Fault> {
    let end = rules::interrupted_end(note);
    let sql =
        format!("SELECT {RUN}, no, turn, transcript FROM runs WHERE state = 'running' ORDER BY no");
    let at_work = all(conn, &sql, [], |row| {
        let place: (i64, i64, i64) = (row.get(9)?, row.get(10)?, row.get(11)?);
        Ok((rows::run(row)?, place))
    })?;
    let mut recovered = Recovered::default();
    let mut turns = BTreeSet::new();
    for (mut run, (no, turn, transcript)) in at_work {
        end_run(conn, no, &end, now_ms)?;
        run.state = RunState::Ended;
        run.ended_at_ms = Some(now_ms);
        run.end = Some(end.clone());
        if turns.insert(turn) {
            end_calls(conn, transcript, &run.id, now_ms)?;
            append(conn, transcript, &rules::interrupted(&run.id, note, now_ms))?;
            note_end(conn, transcript, &end, false, now_ms)?;
            outbox::put(conn, &(note.outbound)(&run, now_ms))?;
        }
        inbox::end_of_run(conn, &run.id, &end, true, now_ms)?;
        recovered.interrupted.push(run);
    }
    let sql = format!("SELECT {RUN} FROM runs WHERE state = 'queued' ORDER BY no");
    recovered.queued = all(conn, &sql, [], rows::run)?;
    Ok(recovered)
}
