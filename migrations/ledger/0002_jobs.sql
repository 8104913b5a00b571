-- schema: ledger

-- up
ALTER TABLE runs ADD COLUMN job text COLLATE "C", ADD COLUMN job_id uuid;
CREATE INDEX runs_job_id ON runs (job_id) WHERE job_id IS NOT NULL;
COMMENT ON COLUMN runs.job IS 'The job that it was a run of; null for one that somebody started by hand.';
COMMENT ON COLUMN runs.job_id IS 'The execution of that job in the queue: a further try of it has the same id.';

CREATE TABLE job_switches (
  job text COLLATE "C" PRIMARY KEY,
  enabled boolean NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE job_switches IS 'Jobs that somebody enabled or disabled by command, whatever the configuration says.';

CREATE TABLE job_tries (
  job_id uuid NOT NULL,
  try integer NOT NULL,
  job text COLLATE "C" NOT NULL,
  trigger text NOT NULL,
  status text NOT NULL CHECK (status IN ('running', 'succeeded', 'partial', 'failed', 'interrupted', 'postponed')),
  run_id text COLLATE "C",
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  again_at timestamptz,
  host text NOT NULL,
  pid integer NOT NULL,
  error jsonb,
  PRIMARY KEY (job_id, try)
);
CREATE INDEX job_tries_job ON job_tries (job, started_at DESC);
COMMENT ON TABLE job_tries IS 'One row for each time that a job was taken from the queue, also where no run came of it.';
COMMENT ON COLUMN job_tries.try IS 'From 1.';
COMMENT ON COLUMN job_tries.trigger IS 'Why it was queued: schedule, command, first or quota.';
COMMENT ON COLUMN job_tries.run_id IS 'Its run; null where none began.';
COMMENT ON COLUMN job_tries.again_at IS 'When it is tried again; null where it is not.';

-- down
DROP TABLE job_tries, job_switches;
ALTER TABLE runs DROP COLUMN job, DROP COLUMN job_id;
