-- Times are nanoseconds since 1970 UTC, 0 means none. Nothing here names a person.

CREATE TABLE machine (
  id            TEXT PRIMARY KEY,
  epoch         INTEGER NOT NULL,
  owner         TEXT NOT NULL,
  lease_until   INTEGER NOT NULL,
  desired       TEXT NOT NULL,
  observed      TEXT NOT NULL,
  room          TEXT NOT NULL,
  prewarm       INTEGER NOT NULL,
  paid_from     INTEGER NOT NULL,
  hard_stop_at  INTEGER NOT NULL,
  prewarm_until INTEGER NOT NULL,
  revision      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  machine TEXT NOT NULL,
  epoch   INTEGER NOT NULL,
  room    TEXT NOT NULL,
  prewarm INTEGER NOT NULL,
  began   INTEGER NOT NULL,
  ended   INTEGER NOT NULL,
  void    INTEGER NOT NULL,
  prices  TEXT NOT NULL,
  PRIMARY KEY (machine, epoch)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_began ON run (began);
-- One machine cannot run twice at once: a second open run would charge its time twice.
CREATE UNIQUE INDEX run_open ON run (machine) WHERE ended = 0 AND void = 0;

CREATE TABLE phase (
  id      INTEGER PRIMARY KEY,
  machine TEXT NOT NULL,
  epoch   INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  class   TEXT NOT NULL,
  room    TEXT NOT NULL
) STRICT;

CREATE INDEX phase_run ON phase (machine, epoch, at);

CREATE TABLE usage (
  machine TEXT NOT NULL,
  epoch   INTEGER NOT NULL,
  minute  INTEGER NOT NULL,
  room    TEXT NOT NULL,
  seconds INTEGER NOT NULL,
  PRIMARY KEY (machine, epoch, minute, room)
) STRICT, WITHOUT ROWID;

-- A deleted room stays as a tombstone: the bills of its time still name its title.
CREATE TABLE room (
  id                TEXT PRIMARY KEY,
  title             TEXT NOT NULL,
  starts_at         INTEGER NOT NULL,
  waiting_room      INTEGER NOT NULL,
  capacity          INTEGER NOT NULL,
  chair_generation  INTEGER NOT NULL,
  chair_knock_until INTEGER NOT NULL,
  guest_generation  INTEGER NOT NULL,
  guest_knock_until INTEGER NOT NULL,
  created_at        INTEGER NOT NULL,
  deleted_at        INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE stay (
  room        TEXT NOT NULL,
  participant INTEGER NOT NULL,
  role        TEXT NOT NULL,
  admitted    INTEGER NOT NULL,
  removed     INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (room, participant)
) STRICT, WITHOUT ROWID;

CREATE INDEX stay_at ON stay (at);

CREATE TABLE invite (
  hash    TEXT PRIMARY KEY,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  hash    TEXT PRIMARY KEY,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
