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
CREATE INDEX launches_launchpad_id ON launches (launchpad_id);
COMMENT ON TABLE launches IS 'Past and upcoming launches: when, where, on what, how it went.';
COMMENT ON COLUMN launches.id IS 'Id of the launch in the API.';
COMMENT ON COLUMN launches.flight_number IS 'Number in the order of launches. Renumbered now and then, and not unique.';
COMMENT ON COLUMN launches.name IS 'Name of the mission.';
COMMENT ON COLUMN launches.details IS 'What happened, in prose.';
COMMENT ON COLUMN launches.rocket_id IS 'Rocket that flew or will fly.';
COMMENT ON COLUMN launches.rocket_name IS 'Name of that rocket when the row was made; null where it is unknown.';
COMMENT ON COLUMN launches.launch_date_utc IS 'Time of the launch.';
COMMENT ON COLUMN launches.launch_date_unix IS 'Time of the launch in seconds since 1970, as the API says it.';
COMMENT ON COLUMN launches.launch_date_local IS 'Time of the launch as the API says it for the launch site.';
COMMENT ON COLUMN launches.launch_utc_offset_minutes IS 'Minutes that the local time of launch_date_local is ahead of UTC.';
COMMENT ON COLUMN launches.launch_date_precision IS 'How exact the dates are: half, quarter, year, month, day or hour.';
COMMENT ON COLUMN launches.success IS 'Did it succeed? Null while it has not flown.';
COMMENT ON COLUMN launches.upcoming IS 'Has it not flown yet?';
COMMENT ON COLUMN launches.launchpad_id IS 'Launch site.';
COMMENT ON COLUMN launches.window_s IS 'Length of the launch window, in seconds.';
COMMENT ON COLUMN launches.static_fire_date_utc IS 'Time of the test firing before the launch.';
COMMENT ON COLUMN launches.static_fire_date_unix IS 'The same in seconds since 1970, as the API says it.';
COMMENT ON COLUMN launches.tbd IS 'Is the date still to be determined?';
COMMENT ON COLUMN launches.net IS 'Is the date only a "no earlier than"?';
COMMENT ON COLUMN launches.fairings_reused IS 'Had the fairing halves flown before? Null where there is no fairing.';
COMMENT ON COLUMN launches.fairings_recovery_attempt IS 'Was it tried to recover the fairing?';
COMMENT ON COLUMN launches.fairings_recovered IS 'Was the fairing recovered?';
COMMENT ON COLUMN launches.patch_small_url IS 'Mission patch, small picture.';
COMMENT ON COLUMN launches.patch_large_url IS 'Mission patch, large picture.';
COMMENT ON COLUMN launches.reddit_campaign_url IS 'Discussion of the campaign.';
COMMENT ON COLUMN launches.reddit_launch_url IS 'Discussion during the launch.';
COMMENT ON COLUMN launches.reddit_media_url IS 'Collection of pictures.';
COMMENT ON COLUMN launches.reddit_recovery_url IS 'Discussion of the recovery.';
COMMENT ON COLUMN launches.presskit_url IS 'Press kit.';
COMMENT ON COLUMN launches.webcast_url IS 'Recording of the webcast.';
COMMENT ON COLUMN launches.youtube_id IS 'Id of that recording on YouTube.';
COMMENT ON COLUMN launches.article_url IS 'An article about the launch.';
COMMENT ON COLUMN launches.wikipedia_url IS 'Encyclopedia article.';
COMMENT ON COLUMN launches.auto_update IS 'Is the record kept up by the jobs of the API?';
COMMENT ON COLUMN launches.launch_library_id IS 'Id of the launch in Launch Library 2.';
COMMENT ON COLUMN launches.transformed_at_utc IS 'Start of the run that made the row.';
COMMENT ON COLUMN launches.transformed_at_date IS 'Day of transformed_at_utc, in UTC.';
COMMENT ON COLUMN launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launches._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launches._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launch_cores (
  launch_id text NOT NULL,
  position integer NOT NULL,
  core_id text,
  flight integer,
  gridfins boolean,
  legs boolean,
  reused boolean,
  landing_attempt boolean,
  landing_success boolean,
  landing_type text,
  landpad_id text,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_cores_core_id ON launch_cores (core_id);
CREATE INDEX launch_cores_landpad_id ON launch_cores (landpad_id);
COMMENT ON TABLE launch_cores IS 'First stages (cores) of a launch, and how they landed.';
COMMENT ON COLUMN launch_cores.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_cores.position IS 'Place in the list of the launch, from 0.';
COMMENT ON COLUMN launch_cores.core_id IS 'Core; null while it is not known.';
COMMENT ON COLUMN launch_cores.flight IS 'How many flights the core has made with this one.';
COMMENT ON COLUMN launch_cores.gridfins IS 'Does it have grid fins?';
COMMENT ON COLUMN launch_cores.legs IS 'Does it have landing legs?';
COMMENT ON COLUMN launch_cores.reused IS 'Had it flown before?';
COMMENT ON COLUMN launch_cores.landing_attempt IS 'Did it try to land?';
COMMENT ON COLUMN launch_cores.landing_success IS 'Did it land?';
COMMENT ON COLUMN launch_cores.landing_type IS 'Where to: Ocean, ASDS (drone ship) or RTLS (back at the launch site).';
COMMENT ON COLUMN launch_cores.landpad_id IS 'Landing pad or drone ship.';
COMMENT ON COLUMN launch_cores._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_cores._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launch_cores._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launch_payloads (
  launch_id text NOT NULL,
  position integer NOT NULL,
  payload_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_payloads_payload_id ON launch_payloads (payload_id);
COMMENT ON TABLE launch_payloads IS 'Payloads of a launch.';
COMMENT ON COLUMN launch_payloads.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_payloads.position IS 'Place in the list of the launch, from 0.';
COMMENT ON COLUMN launch_payloads.payload_id IS 'Payload.';
COMMENT ON COLUMN launch_payloads._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_payloads._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launch_payloads._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launch_crew (
  launch_id text NOT NULL,
  position integer NOT NULL,
  crew_id text,
  role text,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_crew_crew_id ON launch_crew (crew_id);
COMMENT ON TABLE launch_crew IS 'Crew of a launch.';
COMMENT ON COLUMN launch_crew.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_crew.position IS 'Place in the list of the launch, from 0.';
COMMENT ON COLUMN launch_crew.crew_id IS 'Crew member.';
COMMENT ON COLUMN launch_crew.role IS 'What the crew member does on this flight.';
COMMENT ON COLUMN launch_crew._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_crew._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launch_crew._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launch_ships (
  launch_id text NOT NULL,
  position integer NOT NULL,
  ship_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_ships_ship_id ON launch_ships (ship_id);
COMMENT ON TABLE launch_ships IS 'Ships that support a launch.';
COMMENT ON COLUMN launch_ships.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_ships.position IS 'Place in the list of the launch, from 0.';
COMMENT ON COLUMN launch_ships.ship_id IS 'Ship.';
COMMENT ON COLUMN launch_ships._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_ships._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launch_ships._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launch_capsules (
  launch_id text NOT NULL,
  position integer NOT NULL,
  capsule_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_capsules_capsule_id ON launch_capsules (capsule_id);
COMMENT ON TABLE launch_capsules IS 'Capsules of a launch.';
COMMENT ON COLUMN launch_capsules.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_capsules.position IS 'Place in the list of the launch, from 0.';
COMMENT ON COLUMN launch_capsules.capsule_id IS 'Capsule.';
COMMENT ON COLUMN launch_capsules._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_capsules._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launch_capsules._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launch_fairing_ships (
  launch_id text NOT NULL,
  position integer NOT NULL,
  ship_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_fairing_ships_ship_id ON launch_fairing_ships (ship_id);
COMMENT ON TABLE launch_fairing_ships IS 'Ships that recover the fairing of a launch.';
COMMENT ON COLUMN launch_fairing_ships.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_fairing_ships.position IS 'Place in the list of the launch, from 0.';
COMMENT ON COLUMN launch_fairing_ships.ship_id IS 'Ship.';
COMMENT ON COLUMN launch_fairing_ships._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_fairing_ships._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launch_fairing_ships._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launch_failures (
  launch_id text NOT NULL,
  position integer NOT NULL,
  time_s double precision,
  altitude_km double precision,
  reason text,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
COMMENT ON TABLE launch_failures IS 'What went wrong in a launch.';
COMMENT ON COLUMN launch_failures.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_failures.position IS 'Place in the list of the launch, from 0.';
COMMENT ON COLUMN launch_failures.time_s IS 'Seconds after liftoff; negative before it.';
COMMENT ON COLUMN launch_failures.altitude_km IS 'Height at that time, in kilometres.';
COMMENT ON COLUMN launch_failures.reason IS 'What failed.';
COMMENT ON COLUMN launch_failures._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_failures._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launch_failures._loaded_at IS 'When the row was last changed here.';

CREATE TABLE launch_images (
  launch_id text NOT NULL,
  size text NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, size, position)
);
COMMENT ON TABLE launch_images IS 'Photographs of a launch.';
COMMENT ON COLUMN launch_images.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_images.size IS 'small or original.';
COMMENT ON COLUMN launch_images.position IS 'Place in the list of that size, from 0.';
COMMENT ON COLUMN launch_images.url IS 'Address of the picture.';
COMMENT ON COLUMN launch_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_images._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN launch_images._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE launch_images, launch_failures, launch_fairing_ships, launch_capsules, launch_ships, launch_crew, launch_payloads, launch_cores, launches;
