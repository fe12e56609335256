-- Devices, nodes and approvals. Times are Unix milliseconds.

-- Part "devices" -----------------------------------------------------------------------------------

-- What the owner calls a device; `label` holds what it says of itself.
ALTER TABLE devices ADD COLUMN name TEXT CHECK (length(name) BETWEEN 1 AND 64);
-- How far a device is trusted: changed by somebody's act only, which device_trust records.
ALTER TABLE devices ADD COLUMN trust TEXT NOT NULL DEFAULT 'untrusted'
    CHECK (trust IN ('untrusted', 'verified', 'trusted'));
-- When it was last given more than it had.
ALTER TABLE devices ADD COLUMN approved_at INTEGER NOT NULL DEFAULT 0;
UPDATE devices SET approved_at = paired_at;

-- When the device first got this role, from where its token was last shown, and until when it is good
-- (NULL: for ever).
ALTER TABLE device_grants ADD COLUMN granted_at INTEGER NOT NULL DEFAULT 0;
UPDATE device_grants SET granted_at = issued_at;
ALTER TABLE device_grants ADD COLUMN used_from TEXT;
ALTER TABLE device_grants ADD COLUMN expires_at INTEGER;

-- Who changed the trust in a device, and how. It outlives the device.
CREATE TABLE device_trust (
    no         INTEGER PRIMARY KEY,
    device_id  TEXT NOT NULL,
    trust_from TEXT NOT NULL CHECK (trust_from IN ('untrusted', 'verified', 'trusted')),
    trust_to   TEXT NOT NULL CHECK (trust_to IN ('untrusted', 'verified', 'trusted')),
    -- The principal, as its storage key.
    by         TEXT NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX device_trust_by_device ON device_trust (device_id, no);

-- Part "approvals" ---------------------------------------------------------------------------------

-- What agents may run: one document, as JSON, or none.
CREATE TABLE exec_rules (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    text TEXT NOT NULL,
    -- What names this state of it.
    hash TEXT NOT NULL,
    at   INTEGER NOT NULL
) STRICT;

-- Questions to a person. `question` is JSON in the form of the type in tidegate-core.
CREATE TABLE approvals (
    no         INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    question   TEXT NOT NULL,
    -- The hash of what is asked.
    subject    BLOB NOT NULL CHECK (length(subject) = 32),
    asked_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    outcome    TEXT CHECK (outcome IN ('allow-once', 'allow-always', 'deny', 'expired', 'withdrawn')),
    -- The principal, as its storage key.
    decided_by TEXT,
    ended_at   INTEGER,
    -- When the decision was used up.
    spent_at   INTEGER,
    CHECK ((outcome IS NULL) = (ended_at IS NULL)),
    CHECK ((decided_by IS NOT NULL) = coalesce(outcome IN ('allow-once', 'allow-always', 'deny'), 0)),
    CHECK (spent_at IS NULL
        OR coalesce(outcome IN ('allow-once', 'allow-always'), 0))
) STRICT;
CREATE INDEX approvals_open ON approvals (no) WHERE outcome IS NULL;
CREATE INDEX approvals_ended ON approvals (ended_at) WHERE outcome IS NOT NULL;

-- Part "nodes" -------------------------------------------------------------------------------------

-- Commands of nodes, from before they are sent until some time after their end.
CREATE TABLE node_calls (
    no          INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    node        TEXT NOT NULL,
    command     TEXT NOT NULL,
    -- Who asked, and how a repetition is recognised.
    principal   TEXT NOT NULL,
    method      TEXT NOT NULL,
    key         TEXT NOT NULL,
    params_hash TEXT NOT NULL,
    at          INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'ended')),
    -- Of one that waits, or waited: what it takes, its time, and when it is given up.
    params      TEXT,
    timeout     INTEGER,
    expires_at  INTEGER,
    ended_at    INTEGER,
    ending      TEXT,
    UNIQUE (principal, method, key),
    CHECK (state <> 'waiting' OR (timeout IS NOT NULL AND expires_at IS NOT NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK ((ended_at IS NULL) = (ending IS NULL))
) STRICT;
CREATE INDEX node_calls_waiting ON node_calls (node, no) WHERE state = 'waiting';
CREATE INDEX node_calls_sent ON node_calls (no) WHERE state = 'sent';
CREATE INDEX node_calls_ended ON node_calls (ended_at) WHERE state = 'ended';

-- What the owner calls a node.
CREATE TABLE node_names (
    node TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The January list of paired names. It lets nobody in.
CREATE TABLE node_asks (
    no         INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    node       TEXT NOT NULL UNIQUE,
    plate      TEXT NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE TABLE paired_names (
    node        TEXT PRIMARY KEY,
    plate       TEXT NOT NULL,
    token       BLOB NOT NULL CHECK (length(token) = 32),
    created_at  INTEGER NOT NULL,
    approved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
