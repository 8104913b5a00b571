-- schema: target

-- up
CREATE TABLE history (
  id text PRIMARY KEY,
  title text,
  event_date_utc timestamptz,
  event_date_unix bigint,
  details text,
  article_url text,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE history IS 'Events that made history.';
COMMENT ON COLUMN history.id IS 'Id of the event in the API.';
COMMENT ON COLUMN history.title IS 'What happened, in a few words.';
COMMENT ON COLUMN history.event_date_utc IS 'When it happened.';
COMMENT ON COLUMN history.event_date_unix IS 'The same in seconds since 1970, as the API says it.';
COMMENT ON COLUMN history.details IS 'What happened, in prose.';
COMMENT ON COLUMN history.article_url IS 'An article about it.';
COMMENT ON COLUMN history._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN history._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN history._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE history;
