-- schema: target

-- up
CREATE TABLE landpads (
  id text PRIMARY KEY,
  name text,
  full_name text,
  status text NOT NULL,
  type text,
  locality text,
  region text,
  latitude_deg double precision,
  longitude_deg double precision,
  landing_attempts integer NOT NULL,
  landing_successes integer NOT NULL,
  wikipedia_url text,
  details text,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE landpads IS 'Landing pads and drone ships.';
COMMENT ON COLUMN landpads.id IS 'Id of the landing pad in the API.';
COMMENT ON COLUMN landpads.name IS 'Short name.';
COMMENT ON COLUMN landpads.full_name IS 'Full name.';
COMMENT ON COLUMN landpads.status IS 'active, inactive, unknown, retired, lost or under construction.';
COMMENT ON COLUMN landpads.type IS 'RTLS (on land, near the launch site) or ASDS (drone ship).';
COMMENT ON COLUMN landpads.locality IS 'Place.';
COMMENT ON COLUMN landpads.region IS 'State or region.';
COMMENT ON COLUMN landpads.latitude_deg IS 'Degrees north.';
COMMENT ON COLUMN landpads.longitude_deg IS 'Degrees east.';
COMMENT ON COLUMN landpads.landing_attempts IS 'Landings tried, as the API counts them.';
COMMENT ON COLUMN landpads.landing_successes IS 'Landings that succeeded, as the API counts them.';
COMMENT ON COLUMN landpads.wikipedia_url IS 'Encyclopedia article.';
COMMENT ON COLUMN landpads.details IS 'What it is, in prose.';
COMMENT ON COLUMN landpads._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN landpads._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN landpads._loaded_at IS 'When the row was last changed here.';

CREATE TABLE landpad_launches (
  landpad_id text NOT NULL,
  position integer NOT NULL,
  launch_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (landpad_id, position)
);
CREATE INDEX landpad_launches_launch_id ON landpad_launches (launch_id);
COMMENT ON TABLE landpad_launches IS 'Launches that a landing pad names.';
COMMENT ON COLUMN landpad_launches.landpad_id IS 'Landing pad or drone ship.';
COMMENT ON COLUMN landpad_launches.position IS 'Place in the list of the landpad, from 0.';
COMMENT ON COLUMN landpad_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN landpad_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN landpad_launches._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN landpad_launches._loaded_at IS 'When the row was last changed here.';

CREATE TABLE landpad_images (
  landpad_id text NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (landpad_id, position)
);
COMMENT ON TABLE landpad_images IS 'Photographs of a landing pad.';
COMMENT ON COLUMN landpad_images.landpad_id IS 'Landing pad or drone ship.';
COMMENT ON COLUMN landpad_images.position IS 'Place in the list of the landpad, from 0.';
COMMENT ON COLUMN landpad_images.url IS 'Address of the picture.';
COMMENT ON COLUMN landpad_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN landpad_images._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN landpad_images._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE landpad_images, landpad_launches, landpads;
