//! What several verbs do to sessions and transcripts.

use rusqlite::{Connection, params};
use tidegate_core::session::SessionKey;
use tidegate_core::transcript::{NewMessage, Part, Speaker, StopReason, open_calls};
use tidegate_protocol::{AgentId, RunId};

use super::fault::Fault;
use super::rows::{SEQ_BITS, SEQ_MAX, bound, change, first, json};
use crate::{rules, words};

/// Where a session's words are written: the number of its transcript.
pub(super) fn transcript_of(conn: &Connection, key: &SessionKey) -> Result<Option<i64>, Fault> {
    let sql = "SELECT transcript FROM sessions WHERE key = ?1";
    first(conn, sql, [key.as_str()], |row| Ok(row.get(0)?))
}

/// The transcript of a session id, made if needed.
pub(super) fn transcript(conn: &Connection, session_id: &str) -> Result<i64, Fault> {
    if let Some(no) = known_transcript(conn, session_id)? {
        return Ok(no);
    }
    change(
        conn,
        "INSERT INTO transcripts (session_id) VALUES (?1)",
        [session_id],
    )?;
    Ok(conn.last_insert_rowid())
}

/// The transcript of a session id, if it is still there.
pub(super) fn known_transcript(conn: &Connection, session_id: &str) -> Result<Option<i64>, Fault> {
    let sql = "SELECT no FROM transcripts WHERE session_id = ?1";
    first(conn, sql, [session_id], |row| Ok(row.get(0)?))
}

/// Makes a session if needed, or notes its change, and says where its words are written.
pub(super) fn ensure_session(
    conn: &Connection,
    key: &SessionKey,
    new_session_id: &str,
    now_ms: u64,
) -> Result<i64, Fault> {
    if let Some(no) = transcript_of(conn, key)? {
        touch_session(conn, no, now_ms)?;
        return Ok(no);
    }
    let no = transcript(conn, new_session_id)?;
    let agent = key.agent();
    change(
        conn,
        "INSERT INTO sessions (key, transcript, agent, created_at, updated_at, settings)
         VALUES (?1, ?2, ?3, ?4, ?4, '{}')",
        params![
            key.as_str(),
            no,
            agent.as_ref().map(AgentId::as_str),
            bound(now_ms)
        ],
    )?;
    Ok(no)
}

/// Gives the key a new session id, keeping label and settings; makes the session if needed.
pub(super) fn renew_session(
    conn: &Connection,
    key: &SessionKey,
    new_session_id: &str,
    now_ms: u64,
) -> Result<(), Fault> {
    ensure_session(conn, key, new_session_id, now_ms)?;
    change(
        conn,
        "UPDATE sessions SET transcript = ?2, aborted_last_run = 0, last_usage = NULL,
            last_maker = NULL WHERE key = ?1",
        params![key.as_str(), transcript(conn, new_session_id)?],
    )?;
    Ok(())
}

/// Notes the time of a change of the session that writes into this transcript.
pub(super) fn touch_session(conn: &Connection, transcript: i64, now_ms: u64) -> Result<(), Fault> {
    let sql = "UPDATE sessions SET updated_at = max(updated_at, ?2) WHERE transcript = ?1";
    change(conn, sql, params![transcript, bound(now_ms)])?;
    Ok(())
}

/// Ends the calls of tools that a turn leaves without a result.
pub(super) fn end_calls(
    conn: &Connection,
    transcript: i64,
    run: &RunId,
    at_ms: u64,
) -> Result<(), Fault> {
    let from = transcript << SEQ_BITS;
    let sql = "SELECT parts FROM messages WHERE place BETWEEN ?1 AND ?2 AND run_id = ?3
         ORDER BY place DESC";
    let mut statement = conn.prepare_cached(sql)?;
    let newest_first = statement.query_map(params![from, from | SEQ_MAX, run.as_str()], |row| {
        row.get::<_, String>(0)
    })?;
    let parts =
        newest_first.map(|text| -> Result<Vec<Part>, Fault> { Ok(serde_json::from_str(&text?)?) });
    let open = open_calls(parts)?;
    for call in open {
        append(
            conn,
            transcript,
            &rules::interrupted_call(run, &call, at_ms),
        )?;
    }
    Ok(())
}

/// Appends a message, with everything that is kept ready about its transcript. A transcript that
/// was taken away takes its late words along.
pub(super) fn append(
    conn: &Connection,
    transcript: i64,
    message: &NewMessage,
) -> Result<(), Fault> {
    let text = message.text();
    let excerpt = rules::excerpt(&text);
    let users = excerpt
        .as_ref()
        .filter(|_| message.speaker == Speaker::User);
    let seq: Option<i64> = first(
        conn,
        "UPDATE transcripts SET message_count = message_count + 1,
            first_user_text = coalesce(first_user_text, ?2), last_text = coalesce(?3, last_text)
         WHERE no = ?1 RETURNING message_count",
        params![transcript, users, excerpt],
        |row| Ok(row.get(0)?),
    )?;
    let Some(seq) = seq else { return Ok(()) };
    let place = (transcript << SEQ_BITS) | seq;
    change(
        conn,
        "INSERT INTO messages (place, id, speaker, parts, at, run_id, maker, usage, stop, error)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            place,
            message.id,
            message.speaker.as_str(),
            serde_json::to_string(&message.parts)?,
            bound(message.at_ms),
            message.run_id.as_ref().map(RunId::as_str),
            json(message.maker.as_ref())?,
            json(message.usage.as_ref())?,
            message.stop.map(StopReason::as_str),
            message.error,
        ],
    )?;
    let words = words::words(&text);
    if !words.is_empty() {
        let sql = "INSERT INTO message_words (rowid, words) VALUES (?1, ?2)";
        change(conn, sql, params![place, words.join(" ")])?;
    }
    Ok(())
}

/// How many messages are deleted in one transaction: about 20 ms of the one writer.
const DELETE_MAX: u32 = 256;

/// Takes a transcript away with all its messages. Of a long one the rest is left to [`sweep`].
pub(super) fn forget_transcript(conn: &Connection, transcript: i64) -> Result<(), Fault> {
    change(conn, "DELETE FROM transcripts WHERE no = ?1", [transcript])?;
    if !delete_messages(conn, transcript)? {
        change(
            conn,
            "INSERT INTO forgotten (transcript) VALUES (?1)",
            [transcript],
        )?;
    }
    Ok(())
}

/// Deletes some more messages that nobody can see. Says whether there were any.
pub(super) fn sweep(conn: &Connection) -> Result<bool, Fault> {
    let sql = "SELECT transcript FROM forgotten LIMIT 1";
    let Some(transcript) = first(conn, sql, [], |row| Ok(row.get(0)?))? else {
        return Ok(false);
    };
    let transaction = conn.unchecked_transaction()?;
    if delete_messages(conn, transcript)? {
        change(
            conn,
            "DELETE FROM forgotten WHERE transcript = ?1",
            [transcript],
        )?;
    }
    transaction.commit()?;
    Ok(true)
}

/// Deletes messages of a transcript, as many as one transaction may. Says whether that was all.
fn delete_messages(conn: &Connection, transcript: i64) -> Result<bool, Fault> {
    let from = transcript << SEQ_BITS;
    let to = (transcript + 1) << SEQ_BITS;
    // The first place that stays for now.
    let sql = "SELECT place FROM messages WHERE place >= ?1 AND place < ?2
         ORDER BY place LIMIT 1 OFFSET ?3";
    let rest: Option<i64> = first(conn, sql, params![from, to, DELETE_MAX], |row| {
        Ok(row.get(0)?)
    })?;
    let range = params![from, rest.unwrap_or(to)];
    change(
        conn,
        "DELETE FROM message_words WHERE rowid IN
            (SELECT place FROM messages WHERE place >= ?1 AND place < ?2)",
        range,
    )?;
    change(
        conn,
        "DELETE FROM messages WHERE place >= ?1 AND place < ?2",
        range,
    )?;
    Ok(rest.is_none())
}
