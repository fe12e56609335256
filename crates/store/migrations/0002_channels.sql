-- Chat networks: what arrived, what goes out, and who may speak. Times are Unix milliseconds.
-- Columns named origin, body and receipt hold JSON, whose form is that of the types in
-- tidegate-core. A conversation is written as channel, account, peer_kind, peer and thread.

-- Where a session was last spoken to from, if that was a chat network.
ALTER TABLE sessions ADD COLUMN origin TEXT;

-- An event of a network is here once.
CREATE TABLE inbox (
    no          INTEGER PRIMARY KEY,
    channel     TEXT NOT NULL,
    account     TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    peer_kind   TEXT NOT NULL CHECK (peer_kind IN ('direct', 'group', 'channel')),
    peer        TEXT NOT NULL,
    thread      TEXT,
    sender_id   TEXT NOT NULL,
    sent_at     INTEGER NOT NULL,
    arrived_at  INTEGER NOT NULL,
    state       TEXT NOT NULL
        CHECK (state IN ('accepted', 'answered', 'answered-empty', 'failed-with-notice')),
    ended_at    INTEGER,
    -- The run that it asked for, and the one that answers: the first of its turn. Runs may be
    -- forgotten before.
    run_id      TEXT,
    turn_run    TEXT,
    session_key TEXT,
    -- What it was answered with, if no run was asked: see outbox.answer.
    answer      TEXT,
    UNIQUE (channel, account, provider_id),
    CHECK ((state = 'accepted') = (ended_at IS NULL)),
    CHECK (state <> 'accepted' OR run_id IS NOT NULL),
    CHECK ((run_id IS NULL) = (turn_run IS NULL)),
    CHECK (run_id IS NULL OR answer IS NULL)
) STRICT;
CREATE INDEX inbox_by_event ON inbox (provider_id);
CREATE INDEX inbox_by_message ON inbox (message_id);
CREATE INDEX inbox_by_run ON inbox (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX inbox_by_turn ON inbox (turn_run) WHERE turn_run IS NOT NULL;
CREATE INDEX inbox_by_answer ON inbox (answer) WHERE answer IS NOT NULL;
CREATE INDEX inbox_newest ON inbox (channel, account, arrived_at);
CREATE INDEX inbox_ended ON inbox (arrived_at) WHERE ended_at IS NOT NULL;

-- Where receiving goes on, for each identity that an account had.
CREATE TABLE inbox_cursors (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    owner   TEXT NOT NULL,
    cursor  TEXT NOT NULL,
    PRIMARY KEY (channel, account, owner)
) STRICT, WITHOUT ROWID;

-- Conversations that have another id now. The new id is never itself an old one.
CREATE TABLE moved_peers (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    old     TEXT NOT NULL,
    new     TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (channel, account, old),
    CHECK (old <> new)
) STRICT, WITHOUT ROWID;

-- What goes out, part by part. People name a part by its number, so that is never used again.
CREATE TABLE outbox (
    no               INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The group: the answer that it is a part of.
    answer           TEXT NOT NULL,
    part             INTEGER NOT NULL,
    parts            INTEGER NOT NULL,
    channel          TEXT NOT NULL,
    account          TEXT NOT NULL,
    peer_kind        TEXT NOT NULL CHECK (peer_kind IN ('direct', 'group', 'channel')),
    peer             TEXT NOT NULL,
    thread           TEXT,
    -- What is sent in order: Target::line.
    line             TEXT NOT NULL,
    body             TEXT NOT NULL,
    session_key      TEXT,
    run_id           TEXT,
    at               INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    state            TEXT NOT NULL
        CHECK (state IN ('prepared', 'sending', 'ambiguous', 'sent', 'dead', 'dropped')),
    attempts         INTEGER NOT NULL DEFAULT 0,
    not_before       INTEGER NOT NULL,
    -- When the last try began.
    tried_at         INTEGER,
    maybe_sent_since INTEGER,
    settled_at       INTEGER,
    receipt          TEXT,
    message_id       TEXT AS (receipt ->> '$.messageId') VIRTUAL,
    error            TEXT,
    -- The earlier part that it died with.
    died_with        INTEGER,
    UNIQUE (answer, part),
    CHECK (part BETWEEN 0 AND parts - 1),
    CHECK ((state IN ('sent', 'dead', 'dropped')) = (settled_at IS NOT NULL)),
    CHECK ((state = 'sent') = (receipt IS NOT NULL))
) STRICT;
-- With settled_at, the heads and their number are told without a look at the table.
CREATE INDEX outbox_open ON outbox (channel, account, line, no, settled_at)
    WHERE settled_at IS NULL;
CREATE INDEX outbox_dead ON outbox (channel, account, no) WHERE state = 'dead';
CREATE INDEX outbox_sent ON outbox (channel, account, settled_at) WHERE state = 'sent';
CREATE INDEX outbox_done ON outbox (settled_at) WHERE state IN ('sent', 'dropped');
CREATE INDEX outbox_by_run ON outbox (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX outbox_by_message ON outbox (message_id) WHERE receipt IS NOT NULL;

-- People who ask to be let in.
CREATE TABLE sender_requests (
    no        INTEGER PRIMARY KEY,
    channel   TEXT NOT NULL,
    account   TEXT NOT NULL,
    sender_id TEXT NOT NULL,
    -- The direct chat with the person.
    peer_kind TEXT NOT NULL CHECK (peer_kind IN ('direct', 'group', 'channel')),
    peer      TEXT NOT NULL,
    thread    TEXT,
    name      TEXT,
    code      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    UNIQUE (channel, account, sender_id),
    UNIQUE (channel, code)
) STRICT;
CREATE INDEX sender_requests_oldest ON sender_requests (at, no);

-- People who were let in, for direct chats with this account and nothing else.
CREATE TABLE senders (
    channel   TEXT NOT NULL,
    account   TEXT NOT NULL,
    sender_id TEXT NOT NULL,
    -- The direct chat with the person.
    peer_kind TEXT NOT NULL CHECK (peer_kind IN ('direct', 'group', 'channel')),
    peer      TEXT NOT NULL,
    thread    TEXT,
    name      TEXT,
    owner     INTEGER NOT NULL CHECK (owner IN (0, 1)),
    at        INTEGER NOT NULL,
    PRIMARY KEY (channel, account, sender_id)
) STRICT, WITHOUT ROWID;
