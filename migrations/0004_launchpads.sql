-- schema: target

-- up
CREATE TABLE launchpads (
  id text PRIMARY KEY,
  name text,
  full_name text,
  status text NOT NULL,
  locality text,
  region text,
  timezone text,
  latitude_deg double precision,
  longitude_deg double precision,
  launch_attempts integer NOT NULL,
  launch_successes integer NOT NULL,
  details text,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE launchpads IS 'Launch sites.';
COMMENT ON COLUMN launchpads.id IS 'Id of the launch site in the API.';
COMMENT ON COLUMN launchpads.name IS 'Short name.';
COMMENT ON COLUMN launchpads.full_name IS 'Full name.';
COMMENT ON COLUMN launchpads.status IS 'active, inactive, unknown, retired, lost or under construction.';
COMMENT ON COLUMN launchpads.locality IS 'Place.';
COMMENT ON COLUMN launchpads.region IS 'State or region.';
COMMENT ON COLUMN launchpads.timezone IS 'Time zone, as the IANA database names it.';
COMMENT ON COLUMN launchpads.latitude_deg IS 'Degrees north.';
COMMENT ON COLUMN launchpads.longitude_deg IS 'Degrees east.';
COMMENT ON COLUMN launchpads.launch_attempts IS 'Launches, as the API counts them.';
COMMENT ON COLUMN launchpads.launch_successes IS 'Launches that succeeded, as the API counts them.';
COMMENT ON COLUMN launchpads.details IS 'What it is, in prose.';
COMMENT ON COLUMN launchpads._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launchpads._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launchpads._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launchpad_rockets (
  launchpad_id text NOT NULL,
  position integer NOT NULL,
  rocket_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launchpad_id, position)
);
CREATE INDEX launchpad_rockets_rocket_id ON launchpad_rockets (rocket_id);
COMMENT ON TABLE launchpad_rockets IS 'Rockets that fly from a launch site.';
COMMENT ON COLUMN launchpad_rockets.launchpad_id IS 'Launch site.';
COMMENT ON COLUMN launchpad_rockets.position IS 'Place in the list of the launchpad, from 0.';
COMMENT ON COLUMN launchpad_rockets.rocket_id IS 'Rocket.';
COMMENT ON COLUMN launchpad_rockets._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launchpad_rockets._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launchpad_rockets._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launchpad_launches (
  launchpad_id text NOT NULL,
  position integer NOT NULL,
  launch_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launchpad_id, position)
);
CREATE INDEX launchpad_launches_launch_id ON launchpad_launches (launch_id);
COMMENT ON TABLE launchpad_launches IS 'Launches that a launch site names.';
COMMENT ON COLUMN launchpad_launches.launchpad_id IS 'Launch site.';
COMMENT ON COLUMN launchpad_launches.position IS 'Place in the list of the launchpad, from 0.';
COMMENT ON COLUMN launchpad_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN launchpad_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launchpad_launches._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launchpad_launches._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launchpad_images (
  launchpad_id text NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launchpad_id, position)
);
COMMENT ON TABLE launchpad_images IS 'Photographs of a launch site.';
COMMENT ON COLUMN launchpad_images.launchpad_id IS 'Launch site.';
COMMENT ON COLUMN launchpad_images.position IS 'Place in the list of the launchpad, from 0.';
COMMENT ON COLUMN launchpad_images.url IS 'Address of the picture.';
COMMENT ON COLUMN launchpad_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launchpad_images._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launchpad_images._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE launchpad_images, launchpad_launches, launchpad_rockets, launchpads;
