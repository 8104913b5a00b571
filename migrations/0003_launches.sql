-- schema: target

-- up
CREATE TABLE launches (
  id text PRIMARY KEY,
  flight_number integer NOT NULL,
  name text NOT NULL,
  details text,
  rocket_id text,
  rocket_name text,
  launch_date_utc timestamptz NOT NULL,
  launch_date_unix bigint NOT NULL,
  launch_date_local timestamptz NOT NULL,
  launch_utc_offset_minutes integer NOT NULL,
  launch_date_precision text NOT NULL,
  success boolean,
  upcoming boolean NOT NULL,
  launchpad_id text,
  window_s integer,
  static_fire_date_utc timestamptz,
  static_fire_date_unix bigint,
  tbd boolean NOT NULL,
  net boolean NOT NULL,
  fairings_reused boolean,
  fairings_recovery_attempt boolean,
  fairings_recovered boolean,
  patch_small_url text,
  patch_large_url text,
  reddit_campaign_url text,
  reddit_launch_url text,
  reddit_media_url text,
  reddit_recovery_url text,
  presskit_url text,
  webcast_url text,
  youtube_id text,
  article_url text,
  wikipedia_url text,
  auto_update boolean NOT NULL,
  launch_library_id text,
  transformed_at_utc timestamptz NOT NULL,
  transformed_at_date date NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
CREATE INDEX launches_rocket_id ON launches (rocket_id);

-- down
DROP TABLE launches;
