-- What Kyberline keeps on disk. The numbered migrations in the sources make these tables; tests
-- compare what they made with this file, so it is always the whole and current picture.

-- ===== registry =====
-- Who owns which name (SPEC 3, 12). Public keys and signatures only: whoever steals this file can
-- neither call as somebody nor read a call. Calls themselves live in memory and are not here.

CREATE TABLE registry (
  one INTEGER PRIMARY KEY CHECK (one = 1),        -- there is one row
  id  BLOB NOT NULL CHECK (length(id) = 16)       -- random, made with the database
) STRICT;

CREATE TABLE users (
  name          TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 32),
  fingerprint   BLOB NOT NULL CHECK (length(fingerprint) = 32),      -- of both public keys (SPEC 2)
  ed_public     BLOB NOT NULL CHECK (length(ed_public) = 32),        -- Ed25519
  mldsa_public  BLOB NOT NULL CHECK (length(mldsa_public) = 1952),   -- ML-DSA-65
  bundle        BLOB NOT NULL,                    -- the newest one, with its two signatures
  machine_id    TEXT NOT NULL CHECK (length(machine_id) = 32),       -- hex; gets this name's calls
  registered_at INTEGER NOT NULL,                 -- Unix ms
  updated_at    INTEGER NOT NULL                  -- Unix ms
) STRICT, WITHOUT ROWID;

-- ===== daemon =====
-- What one person's daemon remembers: <home>/kyberline.db. No key is in here: identity and token
-- are files of their own. A new database is made from this section; times are Unix ms, ids and
-- fingerprints lower-case hex.

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

-- The key that each contact is held to (SPEC 2). `changed_to` is a key that was shown since and
-- is not trusted: while it stands, no call passes.
CREATE TABLE contacts (
  registry_id   TEXT NOT NULL CHECK (length(registry_id) = 32),
  name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 32),
  fingerprint   TEXT NOT NULL CHECK (length(fingerprint) = 64),
  verified      INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)),  -- the words matched
  changed_to    TEXT CHECK (length(changed_to) = 64 AND changed_to <> fingerprint),
  highest_suite INTEGER NOT NULL CHECK (highest_suite BETWEEN 1 AND 3), -- never less again (SPEC 1)
  first_seen_at INTEGER NOT NULL,
  last_seen_at  INTEGER NOT NULL,
  PRIMARY KEY (registry_id, name)
) STRICT, WITHOUT ROWID;

-- Written when a call starts and completed when it ends; a row without an end is a call during
-- which the program was killed, or one that is going on.
CREATE TABLE history (
  call_id          TEXT PRIMARY KEY CHECK (length(call_id) = 32),
  registry_id      TEXT NOT NULL CHECK (length(registry_id) = 32),
  peer             TEXT NOT NULL,
  peer_fingerprint TEXT CHECK (length(peer_fingerprint) = 64),
  direction        TEXT NOT NULL CHECK (direction IN ('outgoing', 'incoming')),
  suite            INTEGER CHECK (suite BETWEEN 1 AND 3),
  started_at       INTEGER NOT NULL,
  connected_at     INTEGER,               -- when voice was first allowed
  alive_at         INTEGER NOT NULL,      -- when the call was last known to be going on
  ended_at         INTEGER,
  end_reason       TEXT CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;

CREATE INDEX history_newest ON history (started_at);
CREATE INDEX history_open ON history (call_id) WHERE ended_at IS NULL;
