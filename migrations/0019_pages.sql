-- schema: ledger

-- up
CREATE TABLE run_pages (
  run_id text NOT NULL REFERENCES runs,
  resource text NOT NULL,
  page integer NOT NULL CHECK (page > 0),
  path text NOT NULL,
  url text NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  etag text,
  received_by text NOT NULL,
  captured_at timestamptz,
  proof text CHECK (proof IN ('etag', 'sha256', 'none')),
  PRIMARY KEY (run_id, resource, page)
);
COMMENT ON TABLE run_pages IS 'The raw files that the records of a resource were read from, one row a page.';
COMMENT ON COLUMN run_pages.page IS 'Its place among the pages, from 1.';
COMMENT ON COLUMN run_pages.path IS 'Below the run folder.';
COMMENT ON COLUMN run_pages.received_by IS 'The run that received these bytes: an earlier one where nothing has changed since.';
COMMENT ON COLUMN run_pages.captured_at IS 'When a preserved copy was made; null for a response of the API itself, and where nobody knows.';
COMMENT ON COLUMN run_pages.proof IS 'How a preserved copy was proven to be complete; null for a response of the API itself.';

INSERT INTO run_pages (run_id, resource, page, path, url, bytes, sha256, etag, received_by)
SELECT run_id, resource, 1, raw->>'path', raw->>'url', (raw->>'bytes')::bigint, raw->>'sha256', raw->>'etag', raw->>'received_by'
FROM run_resources WHERE raw IS NOT NULL;
ALTER TABLE run_resources DROP COLUMN raw;

ALTER TABLE run_resources DROP CONSTRAINT run_resources_status_check;
ALTER TABLE run_resources ADD CONSTRAINT run_resources_status_check
  CHECK (status IN ('succeeded', 'failed', 'skipped', 'absent', 'kept'));
COMMENT ON COLUMN run_resources.status IS 'absent: no copy of it exists; kept: another address published it, and a default run lets it be.';

ALTER TABLE runs RENAME COLUMN source TO address;
ALTER TABLE runs ALTER COLUMN simulated DROP NOT NULL;
COMMENT ON COLUMN runs.address IS 'Where its records came from: archive, live, sandbox or a base URL.';
COMMENT ON COLUMN runs.simulated IS 'Are its records made up? Null until a response says so.';

ALTER TABLE rejects ADD COLUMN record_page integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN rejects.record_page IS 'The page that it was last seen on, from 1.';

-- down
ALTER TABLE rejects DROP COLUMN record_page;
COMMENT ON COLUMN runs.simulated IS NULL;
COMMENT ON COLUMN runs.address IS NULL;
DELETE FROM run_checks WHERE run_id IN (SELECT run_id FROM runs WHERE simulated IS NULL);
DELETE FROM run_tables WHERE run_id IN (SELECT run_id FROM runs WHERE simulated IS NULL);
DELETE FROM run_pages WHERE run_id IN (SELECT run_id FROM runs WHERE simulated IS NULL);
DELETE FROM run_resources WHERE run_id IN (SELECT run_id FROM runs WHERE simulated IS NULL);
DELETE FROM runs WHERE simulated IS NULL;
ALTER TABLE runs ALTER COLUMN simulated SET NOT NULL;
ALTER TABLE runs RENAME COLUMN address TO source;
COMMENT ON COLUMN run_resources.status IS NULL;
UPDATE run_resources SET status = 'skipped' WHERE status IN ('absent', 'kept');
ALTER TABLE run_resources DROP CONSTRAINT run_resources_status_check;
ALTER TABLE run_resources ADD CONSTRAINT run_resources_status_check CHECK (status IN ('succeeded', 'failed', 'skipped'));
ALTER TABLE run_resources ADD COLUMN raw jsonb;
COMMENT ON COLUMN run_resources.raw IS 'The raw file the records were read from: path below the run folder, url, bytes, sha256, etag, the run that received it.';
UPDATE run_resources r SET raw = jsonb_build_object('path', path, 'url', url, 'bytes', bytes, 'sha256', sha256, 'etag', etag, 'received_by', received_by)
FROM run_pages p WHERE p.run_id = r.run_id AND p.resource = r.resource AND p.page = 1;
DROP TABLE run_pages;
