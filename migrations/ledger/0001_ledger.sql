-- schema: ledger

-- up
CREATE TABLE contents (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  simulated boolean NOT NULL
);
COMMENT ON TABLE contents IS 'Whether the target holds simulated or real records; it never holds both.';

CREATE TABLE runs (
  run_id text COLLATE "C" PRIMARY KEY,
  status text NOT NULL CHECK (status IN ('running', 'succeeded', 'partial', 'failed', 'interrupted')),
  address text NOT NULL,
  simulated boolean,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  program_version text NOT NULL,
  host text NOT NULL,
  pid integer NOT NULL,
  run_dir text NOT NULL,
  origin_run_id text COLLATE "C",
  error jsonb
);
COMMENT ON TABLE runs IS 'One row for each run that reached this database.';
COMMENT ON COLUMN runs.address IS 'Where its records came from: archive, live, sandbox or a base URL.';
COMMENT ON COLUMN runs.simulated IS 'Whether its records are simulated; null until the first response says so.';
COMMENT ON COLUMN runs.origin_run_id IS 'The run whose raw files were derived again; null for a pull.';

CREATE TABLE run_resources (
  run_id text COLLATE "C" NOT NULL REFERENCES runs,
  resource text COLLATE "C" NOT NULL,
  status text NOT NULL CHECK (status IN ('succeeded', 'failed', 'skipped', 'absent', 'kept')),
  received bigint NOT NULL,
  validated bigint NOT NULL,
  errored bigint NOT NULL,
  not_modified boolean NOT NULL,
  seconds double precision NOT NULL,
  error jsonb,
  derivation_key text,
  PRIMARY KEY (run_id, resource),
  CHECK (status <> 'succeeded' OR received = validated + errored)
);
COMMENT ON TABLE run_resources IS 'What each resource of a run received, validated and set aside.';
COMMENT ON COLUMN run_resources.status IS 'absent: no copy of it exists; kept: another address published it, and a default run does not replace it.';
COMMENT ON COLUMN run_resources.seconds IS 'Seconds from the start of extract to the end of load.';
COMMENT ON COLUMN run_resources.derivation_key IS 'Digest of everything that its rows were derived from: code, raw file, rows looked up in other resources.';

CREATE TABLE run_pages (
  run_id text COLLATE "C" NOT NULL REFERENCES runs,
  resource text COLLATE "C" NOT NULL,
  page integer NOT NULL CHECK (page > 0),
  path text NOT NULL,
  url text NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  etag text,
  received_by text COLLATE "C" NOT NULL,
  captured_at timestamptz,
  proof text CHECK (proof IN ('etag', 'sha256', 'none')),
  PRIMARY KEY (run_id, resource, page)
);
COMMENT ON TABLE run_pages IS 'The raw files that the records of each resource were read from: one row for each page.';
COMMENT ON COLUMN run_pages.page IS 'Position among the pages, from 1.';
COMMENT ON COLUMN run_pages.path IS 'Path below the run folder.';
COMMENT ON COLUMN run_pages.received_by IS 'The run that received these bytes: an earlier one if nothing has changed since.';
COMMENT ON COLUMN run_pages.captured_at IS 'When a preserved copy was made; null for a response of the API itself, and where it is unknown.';
COMMENT ON COLUMN run_pages.proof IS 'How a preserved copy was proven to be complete; null for a response of the API itself.';

CREATE TABLE run_tables (
  run_id text COLLATE "C" NOT NULL REFERENCES runs,
  table_name text COLLATE "C" NOT NULL,
  resource text COLLATE "C" NOT NULL,
  staged bigint NOT NULL,
  inserted bigint NOT NULL,
  updated bigint NOT NULL,
  unchanged bigint NOT NULL,
  deleted bigint NOT NULL,
  held bigint NOT NULL,
  live_before bigint NOT NULL,
  live_after bigint NOT NULL,
  digest text NOT NULL,
  dangling jsonb NOT NULL,
  PRIMARY KEY (run_id, table_name),
  CHECK (live_before + inserted - deleted = live_after),
  CHECK (staged = inserted + updated + unchanged)
);
COMMENT ON TABLE run_tables IS 'What each published run did to each table, in rows.';
COMMENT ON COLUMN run_tables.digest IS 'Digest of the live rows after the run, without the columns that say when they were made: the number of rows and the sum of their hashes.';
COMMENT ON COLUMN run_tables.dangling IS 'Rows whose reference names no row, counted by referencing column.';

CREATE TABLE run_checks (
  run_id text COLLATE "C" NOT NULL REFERENCES runs,
  check_name text COLLATE "C" NOT NULL,
  resource text COLLATE "C" NOT NULL,
  severity text NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
  count bigint,
  error text,
  PRIMARY KEY (run_id, check_name)
);
COMMENT ON TABLE run_checks IS 'What the data checks found after each run.';
COMMENT ON COLUMN run_checks.count IS 'Rows that broke the check; null if it was not made.';
COMMENT ON COLUMN run_checks.error IS 'Why it could not be made; also null if a resource that it reads was never published.';

CREATE TABLE rejects (
  resource text COLLATE "C" NOT NULL,
  record_id text COLLATE "C" NOT NULL,
  fingerprint text COLLATE "C" NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'fixed', 'waived', 'gone')),
  reason text,
  first_run_id text COLLATE "C" NOT NULL,
  last_run_id text COLLATE "C" NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen timestamptz NOT NULL,
  times bigint NOT NULL,
  errors text NOT NULL,
  record_page integer NOT NULL,
  record_index bigint NOT NULL,
  record_offset bigint NOT NULL,
  record bytea,
  PRIMARY KEY (resource, record_id, fingerprint)
);
COMMENT ON TABLE rejects IS 'Records that broke their contract: one row for each record and way of breaking it.';
COMMENT ON COLUMN rejects.record_id IS 'Id of the record; a digest of its bytes if it has no readable id.';
COMMENT ON COLUMN rejects.fingerprint IS 'Digest of the places and codes of the errors.';
COMMENT ON COLUMN rejects.status IS 'open; fixed: the record came again without these errors; gone: it did not come again; waived: somebody gave a reason to leave it as it is.';
COMMENT ON COLUMN rejects.errors IS 'The errors as last seen: a JSON array of path, code, message and value.';
COMMENT ON COLUMN rejects.record_page IS 'The page that it was last seen on, from 1.';
COMMENT ON COLUMN rejects.record IS 'Its bytes as last seen, up to 64 kB.';

CREATE TABLE tombstones (
  tombstone_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  table_name text COLLATE "C" NOT NULL,
  row_id text COLLATE "C" NOT NULL,
  run_id text COLLATE "C" NOT NULL REFERENCES runs,
  deleted_at timestamptz NOT NULL,
  "row" jsonb NOT NULL
);
CREATE INDEX tombstones_row ON tombstones (table_name, row_id);
COMMENT ON TABLE tombstones IS 'Rows that were missing from a full pull, as they last were.';

-- down
DROP TABLE tombstones, rejects, run_checks, run_tables, run_pages, run_resources, runs, contents;
