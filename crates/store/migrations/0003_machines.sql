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
    -- The hash of the execution; none if a client asked in words.
    subject    BLOB CHECK (length(subject) = 32),
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
        OR (subject IS NOT NULL AND coalesce(outcome IN ('allow-once', 'allow-always'), 0)))
) STRICT;
CREATE INDEX approvals_open ON approvals (no) WHERE outcome IS NULL;
CREATE INDEX approvals_ended ON approvals (ended_at) WHERE outcome IS NOT NULL;
