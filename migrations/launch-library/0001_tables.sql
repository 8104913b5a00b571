-- schema: target

-- up
CREATE TABLE launches (
  id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  status_id integer NOT NULL,
  status_name text,
  status_abbrev text,
  net timestamptz NOT NULL,
  net_precision_id integer,
  net_precision_name text,
  window_start timestamptz,
  window_end timestamptz,
  probability_pct integer,
  weather_concerns text,
  fail_reason text,
  rocket_configuration_id integer,
  rocket_name text,
  pad_id integer,
  pad_name text,
  slug text,
  launch_designator text,
  last_updated timestamptz NOT NULL,
  hashtag text,
  provider_id integer,
  provider_name text,
  provider_type text,
  rocket_family text,
  rocket_variant text,
  mission_id integer,
  mission_name text,
  mission_type text,
  mission_description text,
  orbit_id integer,
  orbit_name text,
  orbit_abbrev text,
  pad_latitude_deg double precision,
  pad_longitude_deg double precision,
  location_id integer,
  location_name text,
  location_country_code text,
  location_timezone text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE launches IS 'Launches as the librarians have them now: when, where, on what, how it went.';
COMMENT ON COLUMN launches.id IS 'UUID of the launch in the API. It never changes.';
COMMENT ON COLUMN launches.name IS 'Rocket and mission. It changes, and several launches may share it.';
COMMENT ON COLUMN launches.status_id IS 'Status: 1 Go, 2 TBD, 3 Success, 4 Failure, 5 Hold, 6 In Flight, 8 TBC, 9 Payload Deployed; others may come.';
COMMENT ON COLUMN launches.status_name IS 'Status in words.';
COMMENT ON COLUMN launches.status_abbrev IS 'Status in short, such as Go or TBC.';
COMMENT ON COLUMN launches.net IS 'Time of the launch, or the time before which it will not be ("no earlier than"). See net_precision_name.';
COMMENT ON COLUMN launches.net_precision_id IS 'Precision of net, from 0 (second); null for some old launches.';
COMMENT ON COLUMN launches.net_precision_name IS 'Precision of net, such as Minute, Day or Month. Where it is coarse, net is the end of the period.';
COMMENT ON COLUMN launches.window_start IS 'Start of the launch window.';
COMMENT ON COLUMN launches.window_end IS 'End of the launch window.';
COMMENT ON COLUMN launches.probability_pct IS 'Chance that the weather allows the launch, in percent; null where unknown.';
COMMENT ON COLUMN launches.weather_concerns IS 'What could be wrong with the weather.';
COMMENT ON COLUMN launches.fail_reason IS 'Why the launch failed.';
COMMENT ON COLUMN launches.rocket_configuration_id IS 'Configuration of the rocket in the API.';
COMMENT ON COLUMN launches.rocket_name IS 'Full name of the configuration, such as Falcon 9 Block 5.';
COMMENT ON COLUMN launches.pad_id IS 'Launch pad in the API.';
COMMENT ON COLUMN launches.pad_name IS 'Name of the launch pad.';
COMMENT ON COLUMN launches.slug IS 'Name as it appears in URLs. It changes with the name.';
COMMENT ON COLUMN launches.launch_designator IS 'International designator (COSPAR) of the launch, such as 2025-001.';
COMMENT ON COLUMN launches.last_updated IS 'Time at which the launch itself was last edited. What is said about its pad or provider changes without it.';
COMMENT ON COLUMN launches.hashtag IS 'Hashtag of the launch.';
COMMENT ON COLUMN launches.provider_id IS 'Agency that launches, in the API; 121 is SpaceX.';
COMMENT ON COLUMN launches.provider_name IS 'Name of the agency that launches.';
COMMENT ON COLUMN launches.provider_type IS 'Kind of that agency, such as Commercial or Government.';
COMMENT ON COLUMN launches.rocket_family IS 'Families of the rocket as the API lists them, separated by commas; null where it has none.';
COMMENT ON COLUMN launches.rocket_variant IS 'Variant of the rocket, such as Block 5.';
COMMENT ON COLUMN launches.mission_id IS 'Mission in the API.';
COMMENT ON COLUMN launches.mission_name IS 'Name of the mission.';
COMMENT ON COLUMN launches.mission_type IS 'Purpose of the mission, such as Communications.';
COMMENT ON COLUMN launches.mission_description IS 'What the mission is about, in prose.';
COMMENT ON COLUMN launches.orbit_id IS 'Orbit in the API.';
COMMENT ON COLUMN launches.orbit_name IS 'Orbit that the mission goes to.';
COMMENT ON COLUMN launches.orbit_abbrev IS 'The same in short, such as LEO.';
COMMENT ON COLUMN launches.pad_latitude_deg IS 'Latitude of the pad, in degrees north.';
COMMENT ON COLUMN launches.pad_longitude_deg IS 'Longitude of the pad, in degrees east.';
COMMENT ON COLUMN launches.location_id IS 'Launch site in the API.';
COMMENT ON COLUMN launches.location_name IS 'Name of the launch site.';
COMMENT ON COLUMN launches.location_country_code IS 'Country of the launch site, ISO 3166-1 alpha-3.';
COMMENT ON COLUMN launches.location_timezone IS 'Time zone of the launch site, such as America/New_York.';
COMMENT ON COLUMN launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launches._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launches._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_boosters (
  launch_id text COLLATE "C" NOT NULL,
  stage_id integer NOT NULL,
  stage_type text,
  reused boolean,
  flight_number integer,
  launcher_id integer,
  launcher_serial text,
  launcher_flight_proven boolean,
  launcher_is_placeholder boolean,
  launcher_status_id integer,
  launcher_status_name text,
  previous_launch_id text COLLATE "C",
  previous_launch_date timestamptz,
  turnaround_s bigint,
  landing_attempt boolean,
  landing_success boolean,
  landing_type_abbrev text,
  landing_type_name text,
  landing_location_id integer,
  landing_location_abbrev text,
  landing_location_name text,
  downrange_km double precision,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, stage_id)
);
CREATE INDEX launch_boosters_previous_launch_id ON launch_boosters (previous_launch_id);
COMMENT ON TABLE launch_boosters IS 'First stages of a launch, side boosters included, and how each landed.';
COMMENT ON COLUMN launch_boosters.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_boosters.stage_id IS 'This use of the booster, in the API.';
COMMENT ON COLUMN launch_boosters.stage_type IS 'Core or Strap-On Booster.';
COMMENT ON COLUMN launch_boosters.reused IS 'Whether it had flown before; null where the booster is not known yet.';
COMMENT ON COLUMN launch_boosters.flight_number IS 'Flights of the booster up to and including this one.';
COMMENT ON COLUMN launch_boosters.launcher_id IS 'Booster in the API.';
COMMENT ON COLUMN launch_boosters.launcher_serial IS 'Serial of the booster. Placeholders share one, such as Unknown F9: launcher_is_placeholder.';
COMMENT ON COLUMN launch_boosters.launcher_flight_proven IS 'Whether the booster has flown by now.';
COMMENT ON COLUMN launch_boosters.launcher_is_placeholder IS 'Whether it stands for a booster that is not known yet.';
COMMENT ON COLUMN launch_boosters.launcher_status_id IS 'Status of the booster by now, in the API.';
COMMENT ON COLUMN launch_boosters.launcher_status_name IS 'The same in words, such as active, lost or expended.';
COMMENT ON COLUMN launch_boosters.previous_launch_id IS 'Launch on which the booster flew before.';
COMMENT ON COLUMN launch_boosters.previous_launch_date IS 'Time of that launch.';
COMMENT ON COLUMN launch_boosters.turnaround_s IS 'Time since that launch, in seconds.';
COMMENT ON COLUMN launch_boosters.landing_attempt IS 'Whether it tries to land.';
COMMENT ON COLUMN launch_boosters.landing_success IS 'Whether it landed; null until it has tried.';
COMMENT ON COLUMN launch_boosters.landing_type_abbrev IS 'Kind of landing in short: ASDS (drone ship), RTLS, Ocean, EXP.';
COMMENT ON COLUMN launch_boosters.landing_type_name IS 'Kind of landing.';
COMMENT ON COLUMN launch_boosters.landing_location_id IS 'Place of the landing in the API.';
COMMENT ON COLUMN launch_boosters.landing_location_abbrev IS 'Place of the landing in short, such as OCISLY or LZ-40.';
COMMENT ON COLUMN launch_boosters.landing_location_name IS 'Place of the landing.';
COMMENT ON COLUMN launch_boosters.downrange_km IS 'Distance from the pad to the landing, in kilometres.';
COMMENT ON COLUMN launch_boosters._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_boosters._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_boosters._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_updates (
  launch_id text COLLATE "C" NOT NULL,
  update_id integer NOT NULL,
  created_by text,
  created_on timestamptz,
  comment text,
  info_url text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, update_id)
);
COMMENT ON TABLE launch_updates IS 'Notes of the librarians about a launch: what they changed, and why.';
COMMENT ON COLUMN launch_updates.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_updates.update_id IS 'Note in the API.';
COMMENT ON COLUMN launch_updates.created_by IS 'Librarian who wrote it.';
COMMENT ON COLUMN launch_updates.created_on IS 'Time at which it was written.';
COMMENT ON COLUMN launch_updates.comment IS 'The note itself.';
COMMENT ON COLUMN launch_updates.info_url IS 'Source of the note.';
COMMENT ON COLUMN launch_updates._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_updates._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_updates._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_versions (
  launch_id text COLLATE "C" NOT NULL,
  last_updated timestamptz NOT NULL,
  name text NOT NULL,
  status_id integer NOT NULL,
  status_name text,
  status_abbrev text,
  net timestamptz NOT NULL,
  net_precision_id integer,
  net_precision_name text,
  window_start timestamptz,
  window_end timestamptz,
  probability_pct integer,
  weather_concerns text,
  fail_reason text,
  rocket_configuration_id integer,
  rocket_name text,
  pad_id integer,
  pad_name text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, last_updated)
);
COMMENT ON TABLE launch_versions IS 'Every version of a launch that was received; it stays when the launch changes or is deleted. See launch_history.';
COMMENT ON COLUMN launch_versions.launch_id IS 'Launch, which may not be there any more.';
COMMENT ON COLUMN launch_versions.last_updated IS 'Time at which the librarians made this version.';
COMMENT ON COLUMN launch_versions.name IS 'Rocket and mission. It changes, and several launches may share it.';
COMMENT ON COLUMN launch_versions.status_id IS 'Status: 1 Go, 2 TBD, 3 Success, 4 Failure, 5 Hold, 6 In Flight, 8 TBC, 9 Payload Deployed; others may come.';
COMMENT ON COLUMN launch_versions.status_name IS 'Status in words.';
COMMENT ON COLUMN launch_versions.status_abbrev IS 'Status in short, such as Go or TBC.';
COMMENT ON COLUMN launch_versions.net IS 'Time of the launch, or the time before which it will not be ("no earlier than"). See net_precision_name.';
COMMENT ON COLUMN launch_versions.net_precision_id IS 'Precision of net, from 0 (second); null for some old launches.';
COMMENT ON COLUMN launch_versions.net_precision_name IS 'Precision of net, such as Minute, Day or Month. Where it is coarse, net is the end of the period.';
COMMENT ON COLUMN launch_versions.window_start IS 'Start of the launch window.';
COMMENT ON COLUMN launch_versions.window_end IS 'End of the launch window.';
COMMENT ON COLUMN launch_versions.probability_pct IS 'Chance that the weather allows the launch, in percent; null where unknown.';
COMMENT ON COLUMN launch_versions.weather_concerns IS 'What could be wrong with the weather.';
COMMENT ON COLUMN launch_versions.fail_reason IS 'Why the launch failed.';
COMMENT ON COLUMN launch_versions.rocket_configuration_id IS 'Configuration of the rocket in the API.';
COMMENT ON COLUMN launch_versions.rocket_name IS 'Full name of the configuration, such as Falcon 9 Block 5.';
COMMENT ON COLUMN launch_versions.pad_id IS 'Launch pad in the API.';
COMMENT ON COLUMN launch_versions.pad_name IS 'Name of the launch pad.';
COMMENT ON COLUMN launch_versions._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_versions._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_versions._loaded_at IS 'Time of the last change of the row in this database.';

-- down
DROP TABLE launch_versions, launch_updates, launch_boosters, launches;
