-- schema: ledger

-- up
ALTER TABLE runs ADD COLUMN folder_id text COLLATE "C";
COMMENT ON COLUMN runs.folder_id IS 'The data folder that has its files.';

ALTER TABLE run_resources
  ADD COLUMN repeated bigint NOT NULL DEFAULT 0,
  ADD COLUMN pass text NOT NULL DEFAULT 'full' CHECK (pass IN ('full', 'changes')),
  ADD COLUMN chain_run_id text COLLATE "C",
  ADD COLUMN full_at timestamptz,
  ADD COLUMN cursor timestamptz,
  ADD COLUMN scope text,
  DROP CONSTRAINT run_resources_check,
  ADD CONSTRAINT run_resources_check CHECK (status <> 'succeeded' OR received = validated + errored + repeated);
COMMENT ON COLUMN run_resources.repeated IS 'Valid records of which the same run received a newer one.';
COMMENT ON COLUMN run_resources.pass IS 'full: the complete collection was pulled; changes: what had changed since the run before.';
COMMENT ON COLUMN run_resources.chain_run_id IS 'The run with the full pass that this one goes on from; null if each pull is complete.';
COMMENT ON COLUMN run_resources.full_at IS 'When that full pass began.';
COMMENT ON COLUMN run_resources.cursor IS 'The next run asks for what has changed since then.';
COMMENT ON COLUMN run_resources.scope IS 'Where the records came from, and what the pull was narrowed to.';

ALTER TABLE run_tables ADD COLUMN carried boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN run_tables.carried IS 'Whether live rows and digest were carried on from the run before instead of counted.';

CREATE TABLE newest_records (
  resource text COLLATE "C" NOT NULL,
  record_id text COLLATE "C" NOT NULL,
  sha256 text COLLATE "C" NOT NULL,
  PRIMARY KEY (resource, record_id)
);
COMMENT ON TABLE newest_records IS 'The newest record of each id of resources that are pulled by changes, as a digest of its bytes.';

-- down
DROP TABLE newest_records;
ALTER TABLE run_tables DROP COLUMN carried;
ALTER TABLE run_resources
  DROP CONSTRAINT run_resources_check,
  DROP COLUMN repeated,
  DROP COLUMN pass,
  DROP COLUMN chain_run_id,
  DROP COLUMN full_at,
  DROP COLUMN cursor,
  DROP COLUMN scope,
  ADD CONSTRAINT run_resources_check CHECK (status <> 'succeeded' OR received = validated + errored);
ALTER TABLE runs DROP COLUMN folder_id;
