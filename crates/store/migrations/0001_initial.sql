-- Times are Unix milliseconds. Columns named settings, request, parts, maker, usage, outcome and
-- label of a device hold JSON, whose form is that of the types in tidegate-core.

-- What was said under one session id. A number is never used again.
CREATE TABLE transcripts (
    no              INTEGER PRIMARY KEY AUTOINCREMENT CHECK (no < 2147483648),
    session_id      TEXT NOT NULL UNIQUE,
    message_count   INTEGER NOT NULL DEFAULT 0 CHECK (message_count < 4294967296),
    first_user_text TEXT,
    last_text       TEXT
) STRICT;

CREATE TABLE sessions (
    key              TEXT PRIMARY KEY,
    transcript       INTEGER NOT NULL UNIQUE REFERENCES transcripts (no),
    agent            TEXT,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    label            TEXT UNIQUE,
    spawned_by       TEXT,
    settings         TEXT NOT NULL,
    aborted_last_run INTEGER NOT NULL DEFAULT 0,
    last_usage       TEXT,
    last_maker       TEXT
) STRICT;
CREATE INDEX sessions_newest ON sessions (updated_at DESC, key);
CREATE INDEX sessions_of_agent ON sessions (agent, updated_at DESC, key);
CREATE INDEX sessions_of_parent ON sessions (spawned_by, updated_at DESC, key)
    WHERE spawned_by IS NOT NULL;

-- place = transcript << 32 | seq: a session lies together, and a hit in message_words tells its
-- transcript without a look here.
CREATE TABLE messages (
    place   INTEGER PRIMARY KEY,
    id      TEXT NOT NULL,
    speaker TEXT NOT NULL CHECK (speaker IN ('user', 'assistant')),
    parts   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    run_id  TEXT,
    maker   TEXT,
    usage   TEXT,
    stop    TEXT,
    error   TEXT
) STRICT;

-- Transcripts that were taken away and had too many messages to delete at once: the writer deletes
-- the rest when nothing waits. Nobody can see them.
CREATE TABLE forgotten (transcript INTEGER PRIMARY KEY) STRICT;

-- The words of messages.parts, as src/words.rs cuts them; rowid = messages.place.
CREATE VIRTUAL TABLE message_words USING fts5 (
    words,
    content = '',
    contentless_delete = 1,
    prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE runs (
    no          INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    session_key TEXT NOT NULL,
    session_id  TEXT NOT NULL,
    request     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'ended')),
    accepted_at INTEGER NOT NULL,
    started_at  INTEGER,
    ended_at    INTEGER,
    -- The first run of the turn that this one became part of, and where that turn is written.
    turn        INTEGER,
    transcript  INTEGER,
    outcome     TEXT,
    CHECK ((state = 'ended') = (outcome IS NOT NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK (state <> 'running' OR (turn IS NOT NULL AND transcript IS NOT NULL))
) STRICT;
CREATE INDEX runs_open ON runs (state, no) WHERE state <> 'ended';
CREATE INDEX runs_at_work ON runs (session_key) WHERE state = 'running';
CREATE INDEX runs_ended ON runs (ended_at) WHERE state = 'ended';

-- Requests that were carried out. One that made a run is remembered as long as the run.
CREATE TABLE once (
    principal   TEXT NOT NULL,
    method      TEXT NOT NULL,
    key         TEXT NOT NULL,
    params_hash TEXT NOT NULL,
    run_id      TEXT REFERENCES runs (id) ON DELETE CASCADE,
    message_id  TEXT,
    at          INTEGER NOT NULL,
    PRIMARY KEY (principal, method, key),
    CHECK ((run_id IS NULL) <> (message_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX once_of_run ON once (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX once_delivered ON once (at) WHERE run_id IS NULL;

CREATE TABLE devices (
    id         TEXT PRIMARY KEY,
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    label      TEXT NOT NULL,
    paired_at  INTEGER NOT NULL
) STRICT;

-- Tokens are here as SHA-256 only.
CREATE TABLE device_grants (
    device_id    TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    role         TEXT NOT NULL CHECK (role IN ('operator', 'node')),
    scopes       TEXT NOT NULL,
    token        BLOB NOT NULL CHECK (length(token) = 32),
    token_scopes TEXT NOT NULL,
    issued_at    INTEGER NOT NULL,
    revoked_at   INTEGER,
    used_at      INTEGER,
    PRIMARY KEY (device_id, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE pair_requests (
    no         INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL UNIQUE,
    device_id  TEXT NOT NULL UNIQUE,
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    label      TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('operator', 'node')),
    scopes     TEXT NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX pair_requests_oldest ON pair_requests (at, no);
