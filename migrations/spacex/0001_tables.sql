-- schema: target

-- up
CREATE TABLE rockets (
  id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  type text,
  active boolean,
  stages integer,
  boosters integer,
  cost_per_launch_usd bigint,
  success_rate_pct double precision,
  first_flight_date date,
  country text,
  company text,
  height_m double precision,
  diameter_m double precision,
  mass_kg double precision,
  first_stage_reusable boolean,
  first_stage_engines integer,
  first_stage_fuel_t double precision,
  first_stage_burn_time_s double precision,
  first_stage_thrust_sea_level_kn double precision,
  first_stage_thrust_vacuum_kn double precision,
  second_stage_reusable boolean,
  second_stage_engines integer,
  second_stage_fuel_t double precision,
  second_stage_burn_time_s double precision,
  second_stage_thrust_kn double precision,
  second_stage_payload_option text,
  fairing_height_m double precision,
  fairing_diameter_m double precision,
  engines integer,
  engine_type text,
  engine_version text,
  engine_layout text,
  engine_isp_sea_level_s double precision,
  engine_isp_vacuum_s double precision,
  engine_loss_max integer,
  engine_thrust_sea_level_kn double precision,
  engine_thrust_vacuum_kn double precision,
  engine_thrust_to_weight double precision,
  propellant_1 text,
  propellant_2 text,
  landing_legs integer,
  landing_legs_material text,
  wikipedia_url text,
  description text,
  transformed_at_utc timestamptz NOT NULL,
  transformed_at_date date NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE rockets IS 'Launch vehicles: size, mass, stages, engines, cost.';
COMMENT ON COLUMN rockets.id IS 'Id of the rocket in the API.';
COMMENT ON COLUMN rockets.name IS 'Name.';
COMMENT ON COLUMN rockets.type IS 'Kind of vehicle.';
COMMENT ON COLUMN rockets.active IS 'Whether it still flies.';
COMMENT ON COLUMN rockets.stages IS 'Number of stages.';
COMMENT ON COLUMN rockets.boosters IS 'Number of side boosters.';
COMMENT ON COLUMN rockets.cost_per_launch_usd IS 'Price of a launch, in US dollars.';
COMMENT ON COLUMN rockets.success_rate_pct IS 'Launches that succeeded, in percent, as the API gives it.';
COMMENT ON COLUMN rockets.first_flight_date IS 'Day of the first flight.';
COMMENT ON COLUMN rockets.country IS 'Country of origin.';
COMMENT ON COLUMN rockets.company IS 'Manufacturer.';
COMMENT ON COLUMN rockets.height_m IS 'Height in metres.';
COMMENT ON COLUMN rockets.diameter_m IS 'Diameter in metres.';
COMMENT ON COLUMN rockets.mass_kg IS 'Mass in kilograms.';
COMMENT ON COLUMN rockets.first_stage_reusable IS 'Whether the first stage can fly again.';
COMMENT ON COLUMN rockets.first_stage_engines IS 'Number of engines of the first stage.';
COMMENT ON COLUMN rockets.first_stage_fuel_t IS 'Propellant of the first stage, in tonnes.';
COMMENT ON COLUMN rockets.first_stage_burn_time_s IS 'Burn time of the first stage, in seconds.';
COMMENT ON COLUMN rockets.first_stage_thrust_sea_level_kn IS 'Thrust of the first stage at sea level, in kilonewtons.';
COMMENT ON COLUMN rockets.first_stage_thrust_vacuum_kn IS 'Thrust of the first stage in vacuum, in kilonewtons.';
COMMENT ON COLUMN rockets.second_stage_reusable IS 'Whether the second stage can fly again.';
COMMENT ON COLUMN rockets.second_stage_engines IS 'Number of engines of the second stage.';
COMMENT ON COLUMN rockets.second_stage_fuel_t IS 'Propellant of the second stage, in tonnes.';
COMMENT ON COLUMN rockets.second_stage_burn_time_s IS 'Burn time of the second stage, in seconds.';
COMMENT ON COLUMN rockets.second_stage_thrust_kn IS 'Thrust of the second stage, in kilonewtons.';
COMMENT ON COLUMN rockets.second_stage_payload_option IS 'What the second stage carries.';
COMMENT ON COLUMN rockets.fairing_height_m IS 'Height of the composite fairing, in metres.';
COMMENT ON COLUMN rockets.fairing_diameter_m IS 'Diameter of the composite fairing, in metres.';
COMMENT ON COLUMN rockets.engines IS 'Number of engines.';
COMMENT ON COLUMN rockets.engine_type IS 'Kind of engine.';
COMMENT ON COLUMN rockets.engine_version IS 'Version of the engine; empty where it has none.';
COMMENT ON COLUMN rockets.engine_layout IS 'Arrangement of the engines.';
COMMENT ON COLUMN rockets.engine_isp_sea_level_s IS 'Specific impulse at sea level, in seconds.';
COMMENT ON COLUMN rockets.engine_isp_vacuum_s IS 'Specific impulse in vacuum, in seconds.';
COMMENT ON COLUMN rockets.engine_loss_max IS 'Engines that may fail without loss of the mission.';
COMMENT ON COLUMN rockets.engine_thrust_sea_level_kn IS 'Thrust of one engine at sea level, in kilonewtons.';
COMMENT ON COLUMN rockets.engine_thrust_vacuum_kn IS 'Thrust of one engine in vacuum, in kilonewtons.';
COMMENT ON COLUMN rockets.engine_thrust_to_weight IS 'Thrust of an engine as a multiple of its weight.';
COMMENT ON COLUMN rockets.propellant_1 IS 'First propellant.';
COMMENT ON COLUMN rockets.propellant_2 IS 'Second propellant.';
COMMENT ON COLUMN rockets.landing_legs IS 'Number of landing legs.';
COMMENT ON COLUMN rockets.landing_legs_material IS 'Material of the landing legs.';
COMMENT ON COLUMN rockets.wikipedia_url IS 'Wikipedia article.';
COMMENT ON COLUMN rockets.description IS 'Description in prose.';
COMMENT ON COLUMN rockets.transformed_at_utc IS 'Start of the run that made the row.';
COMMENT ON COLUMN rockets.transformed_at_date IS 'Date of transformed_at_utc, in UTC.';
COMMENT ON COLUMN rockets._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN rockets._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN rockets._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE rocket_payload_weights (
  rocket_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  orbit text NOT NULL,
  name text NOT NULL,
  mass_kg double precision NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (rocket_id, position)
);
COMMENT ON TABLE rocket_payload_weights IS 'Payload capacity of a rocket, by orbit.';
COMMENT ON COLUMN rocket_payload_weights.rocket_id IS 'Rocket.';
COMMENT ON COLUMN rocket_payload_weights.position IS 'Position in the list of the rocket, from 0.';
COMMENT ON COLUMN rocket_payload_weights.orbit IS 'Short name of the orbit: leo, gto, mars, pluto, moon.';
COMMENT ON COLUMN rocket_payload_weights.name IS 'Name of the orbit.';
COMMENT ON COLUMN rocket_payload_weights.mass_kg IS 'Mass in kilograms.';
COMMENT ON COLUMN rocket_payload_weights._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN rocket_payload_weights._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN rocket_payload_weights._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE rocket_images (
  rocket_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (rocket_id, position)
);
COMMENT ON TABLE rocket_images IS 'Photographs of a rocket.';
COMMENT ON COLUMN rocket_images.rocket_id IS 'Rocket.';
COMMENT ON COLUMN rocket_images.position IS 'Position in the list of the rocket, from 0.';
COMMENT ON COLUMN rocket_images.url IS 'URL of the picture.';
COMMENT ON COLUMN rocket_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN rocket_images._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN rocket_images._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launchpads (
  id text COLLATE "C" PRIMARY KEY,
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
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE launchpads IS 'Launch sites.';
COMMENT ON COLUMN launchpads.id IS 'Id of the launch site in the API.';
COMMENT ON COLUMN launchpads.name IS 'Short name.';
COMMENT ON COLUMN launchpads.full_name IS 'Full name.';
COMMENT ON COLUMN launchpads.status IS 'One of active, inactive, unknown, retired, lost or under construction.';
COMMENT ON COLUMN launchpads.locality IS 'Town or area.';
COMMENT ON COLUMN launchpads.region IS 'State or region.';
COMMENT ON COLUMN launchpads.timezone IS 'Time zone, by its name in the IANA database.';
COMMENT ON COLUMN launchpads.latitude_deg IS 'Degrees north.';
COMMENT ON COLUMN launchpads.longitude_deg IS 'Degrees east.';
COMMENT ON COLUMN launchpads.launch_attempts IS 'Launches, as the API counts them.';
COMMENT ON COLUMN launchpads.launch_successes IS 'Launches that succeeded, as the API counts them.';
COMMENT ON COLUMN launchpads.details IS 'Description in prose.';
COMMENT ON COLUMN launchpads._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launchpads._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launchpads._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launchpad_rockets (
  launchpad_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  rocket_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launchpad_id, position)
);
CREATE INDEX launchpad_rockets_rocket_id ON launchpad_rockets (rocket_id);
COMMENT ON TABLE launchpad_rockets IS 'Rockets that fly from a launch site.';
COMMENT ON COLUMN launchpad_rockets.launchpad_id IS 'Launch site.';
COMMENT ON COLUMN launchpad_rockets.position IS 'Position in the list of the launch site, from 0.';
COMMENT ON COLUMN launchpad_rockets.rocket_id IS 'Rocket.';
COMMENT ON COLUMN launchpad_rockets._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launchpad_rockets._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launchpad_rockets._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launchpad_launches (
  launchpad_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  launch_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launchpad_id, position)
);
CREATE INDEX launchpad_launches_launch_id ON launchpad_launches (launch_id);
COMMENT ON TABLE launchpad_launches IS 'Launches that a launch site names.';
COMMENT ON COLUMN launchpad_launches.launchpad_id IS 'Launch site.';
COMMENT ON COLUMN launchpad_launches.position IS 'Position in the list of the launch site, from 0.';
COMMENT ON COLUMN launchpad_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN launchpad_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launchpad_launches._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launchpad_launches._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launchpad_images (
  launchpad_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launchpad_id, position)
);
COMMENT ON TABLE launchpad_images IS 'Photographs of a launch site.';
COMMENT ON COLUMN launchpad_images.launchpad_id IS 'Launch site.';
COMMENT ON COLUMN launchpad_images.position IS 'Position in the list of the launch site, from 0.';
COMMENT ON COLUMN launchpad_images.url IS 'URL of the picture.';
COMMENT ON COLUMN launchpad_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launchpad_images._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launchpad_images._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE landpads (
  id text COLLATE "C" PRIMARY KEY,
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
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE landpads IS 'Landing pads and drone ships.';
COMMENT ON COLUMN landpads.id IS 'Id of the landing pad in the API.';
COMMENT ON COLUMN landpads.name IS 'Short name.';
COMMENT ON COLUMN landpads.full_name IS 'Full name.';
COMMENT ON COLUMN landpads.status IS 'One of active, inactive, unknown, retired, lost or under construction.';
COMMENT ON COLUMN landpads.type IS 'RTLS (on land, near the launch site) or ASDS (drone ship).';
COMMENT ON COLUMN landpads.locality IS 'Town or area.';
COMMENT ON COLUMN landpads.region IS 'State or region.';
COMMENT ON COLUMN landpads.latitude_deg IS 'Degrees north.';
COMMENT ON COLUMN landpads.longitude_deg IS 'Degrees east.';
COMMENT ON COLUMN landpads.landing_attempts IS 'Landing attempts, as the API counts them.';
COMMENT ON COLUMN landpads.landing_successes IS 'Landings that succeeded, as the API counts them.';
COMMENT ON COLUMN landpads.wikipedia_url IS 'Wikipedia article.';
COMMENT ON COLUMN landpads.details IS 'Description in prose.';
COMMENT ON COLUMN landpads._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN landpads._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN landpads._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE landpad_launches (
  landpad_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  launch_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (landpad_id, position)
);
CREATE INDEX landpad_launches_launch_id ON landpad_launches (launch_id);
COMMENT ON TABLE landpad_launches IS 'Launches that a landing pad names.';
COMMENT ON COLUMN landpad_launches.landpad_id IS 'Landing pad or drone ship.';
COMMENT ON COLUMN landpad_launches.position IS 'Position in the list of the landing pad, from 0.';
COMMENT ON COLUMN landpad_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN landpad_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN landpad_launches._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN landpad_launches._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE landpad_images (
  landpad_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (landpad_id, position)
);
COMMENT ON TABLE landpad_images IS 'Photographs of a landing pad.';
COMMENT ON COLUMN landpad_images.landpad_id IS 'Landing pad or drone ship.';
COMMENT ON COLUMN landpad_images.position IS 'Position in the list of the landing pad, from 0.';
COMMENT ON COLUMN landpad_images.url IS 'URL of the picture.';
COMMENT ON COLUMN landpad_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN landpad_images._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN landpad_images._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE payloads (
  id text COLLATE "C" PRIMARY KEY,
  name text,
  type text,
  reused boolean NOT NULL,
  launch_id text COLLATE "C",
  mass_kg double precision,
  orbit text,
  reference_system text,
  regime text,
  longitude_deg double precision,
  semi_major_axis_km double precision,
  eccentricity double precision,
  periapsis_km double precision,
  apoapsis_km double precision,
  inclination_deg double precision,
  period_min double precision,
  lifespan_years double precision,
  epoch timestamptz,
  mean_motion_rev_per_day double precision,
  raan_deg double precision,
  arg_of_pericenter_deg double precision,
  mean_anomaly_deg double precision,
  dragon_capsule_id text COLLATE "C",
  dragon_mass_returned_kg double precision,
  dragon_flight_time_s double precision,
  dragon_manifest_url text,
  dragon_water_landing boolean,
  dragon_land_landing boolean,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
CREATE INDEX payloads_launch_id ON payloads (launch_id);
CREATE INDEX payloads_dragon_capsule_id ON payloads (dragon_capsule_id);
COMMENT ON TABLE payloads IS 'Payloads: satellites, capsules, probes.';
COMMENT ON COLUMN payloads.id IS 'Id of the payload in the API.';
COMMENT ON COLUMN payloads.name IS 'Name.';
COMMENT ON COLUMN payloads.type IS 'What it is, such as Satellite, Dragon 1.0 or Crew Dragon.';
COMMENT ON COLUMN payloads.reused IS 'Whether it had flown before.';
COMMENT ON COLUMN payloads.launch_id IS 'Launch, according to the payload.';
COMMENT ON COLUMN payloads.mass_kg IS 'Mass in kilograms.';
COMMENT ON COLUMN payloads.orbit IS 'Kind of orbit, such as LEO, GTO or SSO.';
COMMENT ON COLUMN payloads.reference_system IS 'Reference system of the orbit, such as geocentric or heliocentric.';
COMMENT ON COLUMN payloads.regime IS 'Orbital regime, in words.';
COMMENT ON COLUMN payloads.longitude_deg IS 'Longitude of a geostationary payload, in degrees east.';
COMMENT ON COLUMN payloads.semi_major_axis_km IS 'Semi-major axis in kilometres.';
COMMENT ON COLUMN payloads.eccentricity IS 'Eccentricity; 0 is a circle.';
COMMENT ON COLUMN payloads.periapsis_km IS 'Lowest altitude, in kilometres.';
COMMENT ON COLUMN payloads.apoapsis_km IS 'Highest altitude, in kilometres.';
COMMENT ON COLUMN payloads.inclination_deg IS 'Inclination in degrees.';
COMMENT ON COLUMN payloads.period_min IS 'Orbital period in minutes.';
COMMENT ON COLUMN payloads.lifespan_years IS 'Design life in years.';
COMMENT ON COLUMN payloads.epoch IS 'Time to which the orbital elements apply.';
COMMENT ON COLUMN payloads.mean_motion_rev_per_day IS 'Orbits per day.';
COMMENT ON COLUMN payloads.raan_deg IS 'Right ascension of the ascending node, in degrees.';
COMMENT ON COLUMN payloads.arg_of_pericenter_deg IS 'Argument of the pericenter, in degrees.';
COMMENT ON COLUMN payloads.mean_anomaly_deg IS 'Mean anomaly in degrees.';
COMMENT ON COLUMN payloads.dragon_capsule_id IS 'Capsule that carried it.';
COMMENT ON COLUMN payloads.dragon_mass_returned_kg IS 'Mass returned in the capsule, in kilograms.';
COMMENT ON COLUMN payloads.dragon_flight_time_s IS 'Flight time of the capsule, in seconds.';
COMMENT ON COLUMN payloads.dragon_manifest_url IS 'List of what the capsule carried.';
COMMENT ON COLUMN payloads.dragon_water_landing IS 'Whether the capsule landed on water.';
COMMENT ON COLUMN payloads.dragon_land_landing IS 'Whether the capsule landed on land.';
COMMENT ON COLUMN payloads._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN payloads._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN payloads._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE payload_customers (
  payload_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  customer text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (payload_id, position)
);
COMMENT ON TABLE payload_customers IS 'Customers of a payload.';
COMMENT ON COLUMN payload_customers.payload_id IS 'Payload.';
COMMENT ON COLUMN payload_customers.position IS 'Position in the list of the payload, from 0.';
COMMENT ON COLUMN payload_customers.customer IS 'Customer.';
COMMENT ON COLUMN payload_customers._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN payload_customers._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN payload_customers._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE payload_norad_ids (
  payload_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  norad_id integer NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (payload_id, position)
);
COMMENT ON TABLE payload_norad_ids IS 'Catalogue numbers of what a payload became in orbit.';
COMMENT ON COLUMN payload_norad_ids.payload_id IS 'Payload.';
COMMENT ON COLUMN payload_norad_ids.position IS 'Position in the list of the payload, from 0.';
COMMENT ON COLUMN payload_norad_ids.norad_id IS 'Number in the NORAD catalogue.';
COMMENT ON COLUMN payload_norad_ids._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN payload_norad_ids._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN payload_norad_ids._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE payload_nationalities (
  payload_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  nationality text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (payload_id, position)
);
COMMENT ON TABLE payload_nationalities IS 'Nationalities of a payload.';
COMMENT ON COLUMN payload_nationalities.payload_id IS 'Payload.';
COMMENT ON COLUMN payload_nationalities.position IS 'Position in the list of the payload, from 0.';
COMMENT ON COLUMN payload_nationalities.nationality IS 'Country.';
COMMENT ON COLUMN payload_nationalities._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN payload_nationalities._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN payload_nationalities._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE payload_manufacturers (
  payload_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  manufacturer text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (payload_id, position)
);
COMMENT ON TABLE payload_manufacturers IS 'Manufacturers of a payload.';
COMMENT ON COLUMN payload_manufacturers.payload_id IS 'Payload.';
COMMENT ON COLUMN payload_manufacturers.position IS 'Position in the list of the payload, from 0.';
COMMENT ON COLUMN payload_manufacturers.manufacturer IS 'Manufacturer.';
COMMENT ON COLUMN payload_manufacturers._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN payload_manufacturers._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN payload_manufacturers._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE cores (
  id text COLLATE "C" PRIMARY KEY,
  serial text NOT NULL,
  block integer,
  status text NOT NULL,
  reuse_count integer NOT NULL,
  rtls_attempts integer NOT NULL,
  rtls_landings integer NOT NULL,
  asds_attempts integer NOT NULL,
  asds_landings integer NOT NULL,
  last_update text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE cores IS 'First stages (cores).';
COMMENT ON COLUMN cores.id IS 'Id of the core in the API.';
COMMENT ON COLUMN cores.serial IS 'Serial number, B1049 for example.';
COMMENT ON COLUMN cores.block IS 'Version of the booster.';
COMMENT ON COLUMN cores.status IS 'One of active, inactive, unknown, expended, lost or retired.';
COMMENT ON COLUMN cores.reuse_count IS 'Flights after the first, as the API counts them.';
COMMENT ON COLUMN cores.rtls_attempts IS 'Landing attempts near the launch site, as the API counts them.';
COMMENT ON COLUMN cores.rtls_landings IS 'Landings near the launch site, as the API counts them.';
COMMENT ON COLUMN cores.asds_attempts IS 'Landing attempts on a drone ship, as the API counts them.';
COMMENT ON COLUMN cores.asds_landings IS 'Landings on a drone ship, as the API counts them.';
COMMENT ON COLUMN cores.last_update IS 'Latest news, in prose.';
COMMENT ON COLUMN cores._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN cores._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN cores._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE core_launches (
  core_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  launch_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (core_id, position)
);
CREATE INDEX core_launches_launch_id ON core_launches (launch_id);
COMMENT ON TABLE core_launches IS 'Launches that a core names.';
COMMENT ON COLUMN core_launches.core_id IS 'Core.';
COMMENT ON COLUMN core_launches.position IS 'Position in the list of the core, from 0.';
COMMENT ON COLUMN core_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN core_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN core_launches._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN core_launches._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE capsules (
  id text COLLATE "C" PRIMARY KEY,
  serial text NOT NULL,
  status text NOT NULL,
  type text NOT NULL,
  dragon_id text COLLATE "C",
  reuse_count integer NOT NULL,
  water_landings integer NOT NULL,
  land_landings integer NOT NULL,
  last_update text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
CREATE INDEX capsules_dragon_id ON capsules (dragon_id);
COMMENT ON TABLE capsules IS 'Dragon capsules.';
COMMENT ON COLUMN capsules.id IS 'Id of the capsule in the API.';
COMMENT ON COLUMN capsules.serial IS 'Serial number, C201 for example.';
COMMENT ON COLUMN capsules.status IS 'One of unknown, active, retired or destroyed.';
COMMENT ON COLUMN capsules.type IS 'Dragon 1.0, Dragon 1.1 or Dragon 2.0.';
COMMENT ON COLUMN capsules.dragon_id IS 'Kind of Dragon.';
COMMENT ON COLUMN capsules.reuse_count IS 'Flights after the first, as the API counts them.';
COMMENT ON COLUMN capsules.water_landings IS 'Landings on water, as the API counts them.';
COMMENT ON COLUMN capsules.land_landings IS 'Landings on land, as the API counts them.';
COMMENT ON COLUMN capsules.last_update IS 'Latest news, in prose.';
COMMENT ON COLUMN capsules._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN capsules._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN capsules._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE capsule_launches (
  capsule_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  launch_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (capsule_id, position)
);
CREATE INDEX capsule_launches_launch_id ON capsule_launches (launch_id);
COMMENT ON TABLE capsule_launches IS 'Launches that a capsule names.';
COMMENT ON COLUMN capsule_launches.capsule_id IS 'Capsule.';
COMMENT ON COLUMN capsule_launches.position IS 'Position in the list of the capsule, from 0.';
COMMENT ON COLUMN capsule_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN capsule_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN capsule_launches._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN capsule_launches._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE ships (
  id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  legacy_id text,
  model text,
  type text,
  active boolean NOT NULL,
  imo integer,
  mmsi integer,
  abs integer,
  class integer,
  mass_kg double precision,
  year_built integer,
  home_port text,
  status text,
  speed_kn double precision,
  course_deg double precision,
  latitude_deg double precision,
  longitude_deg double precision,
  last_ais_update text,
  link_url text,
  image_url text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE ships IS 'Ships that support launches and recoveries.';
COMMENT ON COLUMN ships.id IS 'Id of the ship in the API.';
COMMENT ON COLUMN ships.name IS 'Name.';
COMMENT ON COLUMN ships.legacy_id IS 'Id in an earlier version of the API.';
COMMENT ON COLUMN ships.model IS 'Model.';
COMMENT ON COLUMN ships.type IS 'Kind of ship.';
COMMENT ON COLUMN ships.active IS 'Whether it is in service.';
COMMENT ON COLUMN ships.imo IS 'Number of the International Maritime Organization.';
COMMENT ON COLUMN ships.mmsi IS 'Maritime Mobile Service Identity.';
COMMENT ON COLUMN ships.abs IS 'Number of the American Bureau of Shipping.';
COMMENT ON COLUMN ships.class IS 'Class number.';
COMMENT ON COLUMN ships.mass_kg IS 'Mass in kilograms.';
COMMENT ON COLUMN ships.year_built IS 'Year in which it was built.';
COMMENT ON COLUMN ships.home_port IS 'Home port.';
COMMENT ON COLUMN ships.status IS 'Current activity.';
COMMENT ON COLUMN ships.speed_kn IS 'Speed in knots.';
COMMENT ON COLUMN ships.course_deg IS 'Course in degrees from north.';
COMMENT ON COLUMN ships.latitude_deg IS 'Degrees north.';
COMMENT ON COLUMN ships.longitude_deg IS 'Degrees east.';
COMMENT ON COLUMN ships.last_ais_update IS 'Last position report, as the API gives it.';
COMMENT ON COLUMN ships.link_url IS 'Web page about it.';
COMMENT ON COLUMN ships.image_url IS 'Photograph.';
COMMENT ON COLUMN ships._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN ships._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN ships._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE ship_roles (
  ship_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  role text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (ship_id, position)
);
COMMENT ON TABLE ship_roles IS 'What a ship does.';
COMMENT ON COLUMN ship_roles.ship_id IS 'Ship.';
COMMENT ON COLUMN ship_roles.position IS 'Position in the list of the ship, from 0.';
COMMENT ON COLUMN ship_roles.role IS 'Role.';
COMMENT ON COLUMN ship_roles._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN ship_roles._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN ship_roles._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE ship_launches (
  ship_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  launch_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (ship_id, position)
);
CREATE INDEX ship_launches_launch_id ON ship_launches (launch_id);
COMMENT ON TABLE ship_launches IS 'Launches that a ship names.';
COMMENT ON COLUMN ship_launches.ship_id IS 'Ship.';
COMMENT ON COLUMN ship_launches.position IS 'Position in the list of the ship, from 0.';
COMMENT ON COLUMN ship_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN ship_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN ship_launches._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN ship_launches._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE crew (
  id text COLLATE "C" PRIMARY KEY,
  name text,
  status text NOT NULL,
  agency text,
  image_url text,
  wikipedia_url text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE crew IS 'Crew members.';
COMMENT ON COLUMN crew.id IS 'Id of the crew member in the API.';
COMMENT ON COLUMN crew.name IS 'Name.';
COMMENT ON COLUMN crew.status IS 'One of active, inactive, retired or unknown.';
COMMENT ON COLUMN crew.agency IS 'Agency.';
COMMENT ON COLUMN crew.image_url IS 'Photograph.';
COMMENT ON COLUMN crew.wikipedia_url IS 'Wikipedia article.';
COMMENT ON COLUMN crew._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN crew._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN crew._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE crew_launches (
  crew_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  launch_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (crew_id, position)
);
CREATE INDEX crew_launches_launch_id ON crew_launches (launch_id);
COMMENT ON TABLE crew_launches IS 'Launches that a crew member names.';
COMMENT ON COLUMN crew_launches.crew_id IS 'Crew member.';
COMMENT ON COLUMN crew_launches.position IS 'Position in the list of the crew member, from 0.';
COMMENT ON COLUMN crew_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN crew_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN crew_launches._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN crew_launches._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE dragons (
  id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  type text NOT NULL,
  active boolean NOT NULL,
  crew_capacity integer NOT NULL,
  sidewall_angle_deg double precision NOT NULL,
  orbit_duration_years double precision NOT NULL,
  dry_mass_kg double precision NOT NULL,
  first_flight_date date,
  heat_shield_material text NOT NULL,
  heat_shield_size_m double precision NOT NULL,
  heat_shield_temp_degrees double precision,
  heat_shield_dev_partner text,
  launch_payload_mass_kg double precision,
  launch_payload_volume_m3 double precision,
  return_payload_mass_kg double precision,
  return_payload_volume_m3 double precision,
  pressurized_volume_m3 double precision,
  trunk_volume_m3 double precision,
  trunk_solar_arrays integer,
  trunk_unpressurized_cargo boolean,
  height_with_trunk_m double precision,
  diameter_m double precision,
  wikipedia_url text,
  description text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE dragons IS 'Kinds of Dragon spacecraft.';
COMMENT ON COLUMN dragons.id IS 'Id of the kind of Dragon in the API.';
COMMENT ON COLUMN dragons.name IS 'Name.';
COMMENT ON COLUMN dragons.type IS 'Kind of spacecraft.';
COMMENT ON COLUMN dragons.active IS 'Whether it still flies.';
COMMENT ON COLUMN dragons.crew_capacity IS 'People it can carry.';
COMMENT ON COLUMN dragons.sidewall_angle_deg IS 'Angle of the side wall, in degrees.';
COMMENT ON COLUMN dragons.orbit_duration_years IS 'Time it can stay in orbit, in years.';
COMMENT ON COLUMN dragons.dry_mass_kg IS 'Mass without propellant, in kilograms.';
COMMENT ON COLUMN dragons.first_flight_date IS 'Day of the first flight.';
COMMENT ON COLUMN dragons.heat_shield_material IS 'Material of the heat shield.';
COMMENT ON COLUMN dragons.heat_shield_size_m IS 'Size of the heat shield, in metres.';
COMMENT ON COLUMN dragons.heat_shield_temp_degrees IS 'Temperature that the heat shield withstands, in degrees; the API does not say of which scale.';
COMMENT ON COLUMN dragons.heat_shield_dev_partner IS 'Partner in developing the heat shield.';
COMMENT ON COLUMN dragons.launch_payload_mass_kg IS 'Mass it can carry to orbit, in kilograms.';
COMMENT ON COLUMN dragons.launch_payload_volume_m3 IS 'Volume it can carry to orbit, in cubic metres.';
COMMENT ON COLUMN dragons.return_payload_mass_kg IS 'Mass it can return to Earth, in kilograms.';
COMMENT ON COLUMN dragons.return_payload_volume_m3 IS 'Volume it can return to Earth, in cubic metres.';
COMMENT ON COLUMN dragons.pressurized_volume_m3 IS 'Pressurized volume, in cubic metres.';
COMMENT ON COLUMN dragons.trunk_volume_m3 IS 'Volume of the trunk, in cubic metres.';
COMMENT ON COLUMN dragons.trunk_solar_arrays IS 'Solar arrays on the trunk.';
COMMENT ON COLUMN dragons.trunk_unpressurized_cargo IS 'Whether the trunk carries cargo.';
COMMENT ON COLUMN dragons.height_with_trunk_m IS 'Height with the trunk, in metres.';
COMMENT ON COLUMN dragons.diameter_m IS 'Diameter in metres.';
COMMENT ON COLUMN dragons.wikipedia_url IS 'Wikipedia article.';
COMMENT ON COLUMN dragons.description IS 'Description in prose.';
COMMENT ON COLUMN dragons._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN dragons._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN dragons._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE dragon_thrusters (
  dragon_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  type text NOT NULL,
  amount integer NOT NULL,
  pods integer NOT NULL,
  fuel_1 text NOT NULL,
  fuel_2 text NOT NULL,
  isp_s double precision NOT NULL,
  thrust_kn double precision NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (dragon_id, position)
);
COMMENT ON TABLE dragon_thrusters IS 'Thrusters of a kind of Dragon.';
COMMENT ON COLUMN dragon_thrusters.dragon_id IS 'Kind of Dragon.';
COMMENT ON COLUMN dragon_thrusters.position IS 'Position in the list of the dragon, from 0.';
COMMENT ON COLUMN dragon_thrusters.type IS 'Kind of thruster.';
COMMENT ON COLUMN dragon_thrusters.amount IS 'Number of thrusters.';
COMMENT ON COLUMN dragon_thrusters.pods IS 'Number of pods that they are grouped in.';
COMMENT ON COLUMN dragon_thrusters.fuel_1 IS 'First propellant.';
COMMENT ON COLUMN dragon_thrusters.fuel_2 IS 'Second propellant.';
COMMENT ON COLUMN dragon_thrusters.isp_s IS 'Specific impulse in seconds.';
COMMENT ON COLUMN dragon_thrusters.thrust_kn IS 'Thrust of one thruster, in kilonewtons.';
COMMENT ON COLUMN dragon_thrusters._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN dragon_thrusters._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN dragon_thrusters._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE dragon_images (
  dragon_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (dragon_id, position)
);
COMMENT ON TABLE dragon_images IS 'Photographs of a kind of Dragon.';
COMMENT ON COLUMN dragon_images.dragon_id IS 'Kind of Dragon.';
COMMENT ON COLUMN dragon_images.position IS 'Position in the list of the dragon, from 0.';
COMMENT ON COLUMN dragon_images.url IS 'URL of the picture.';
COMMENT ON COLUMN dragon_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN dragon_images._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN dragon_images._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE starlink (
  id text COLLATE "C" PRIMARY KEY,
  version text,
  launch_id text COLLATE "C",
  longitude_deg double precision,
  latitude_deg double precision,
  height_km double precision,
  velocity_km_s double precision,
  omm_version text,
  comment text,
  created_at timestamptz,
  originator text,
  object_name text,
  object_id text,
  center_name text,
  reference_frame text,
  time_system text,
  mean_element_theory text,
  epoch timestamptz,
  mean_motion_rev_per_day double precision,
  eccentricity double precision,
  inclination_deg double precision,
  ra_of_asc_node_deg double precision,
  arg_of_pericenter_deg double precision,
  mean_anomaly_deg double precision,
  ephemeris_type integer,
  classification_type text,
  norad_id integer,
  element_set_no integer,
  revolution_at_epoch integer,
  bstar_per_earth_radius double precision,
  mean_motion_dot_rev_per_day2 double precision,
  mean_motion_ddot_rev_per_day3 double precision,
  semi_major_axis_km double precision,
  period_min double precision,
  apoapsis_km double precision,
  periapsis_km double precision,
  object_type text,
  rcs_size text,
  country_code text,
  launch_date date,
  launch_site text,
  decay_date date,
  decayed integer,
  file bigint,
  gp_id bigint,
  tle_line0 text,
  tle_line1 text,
  tle_line2 text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
CREATE INDEX starlink_launch_id ON starlink (launch_id);
COMMENT ON TABLE starlink IS 'Starlink satellites.';
COMMENT ON COLUMN starlink.id IS 'Id of the satellite in the API.';
COMMENT ON COLUMN starlink.version IS 'Version of the satellite.';
COMMENT ON COLUMN starlink.launch_id IS 'Launch.';
COMMENT ON COLUMN starlink.longitude_deg IS 'Degrees east.';
COMMENT ON COLUMN starlink.latitude_deg IS 'Degrees north.';
COMMENT ON COLUMN starlink.height_km IS 'Altitude in kilometres.';
COMMENT ON COLUMN starlink.velocity_km_s IS 'Speed in kilometres per second.';
COMMENT ON COLUMN starlink.omm_version IS 'Version of the Orbit Mean-Elements Message standard.';
COMMENT ON COLUMN starlink.comment IS 'Comment of the source.';
COMMENT ON COLUMN starlink.created_at IS 'Time at which the elements were made.';
COMMENT ON COLUMN starlink.originator IS 'Maker of the elements.';
COMMENT ON COLUMN starlink.object_name IS 'Name in the catalogue.';
COMMENT ON COLUMN starlink.object_id IS 'International designator.';
COMMENT ON COLUMN starlink.center_name IS 'Body at the centre of the orbit.';
COMMENT ON COLUMN starlink.reference_frame IS 'Reference frame.';
COMMENT ON COLUMN starlink.time_system IS 'Time system.';
COMMENT ON COLUMN starlink.mean_element_theory IS 'Theory of the mean elements.';
COMMENT ON COLUMN starlink.epoch IS 'Time to which the elements apply.';
COMMENT ON COLUMN starlink.mean_motion_rev_per_day IS 'Orbits per day.';
COMMENT ON COLUMN starlink.eccentricity IS 'Eccentricity; 0 is a circle.';
COMMENT ON COLUMN starlink.inclination_deg IS 'Inclination in degrees.';
COMMENT ON COLUMN starlink.ra_of_asc_node_deg IS 'Right ascension of the ascending node, in degrees.';
COMMENT ON COLUMN starlink.arg_of_pericenter_deg IS 'Argument of the pericenter, in degrees.';
COMMENT ON COLUMN starlink.mean_anomaly_deg IS 'Mean anomaly in degrees.';
COMMENT ON COLUMN starlink.ephemeris_type IS 'Kind of ephemeris.';
COMMENT ON COLUMN starlink.classification_type IS 'U: unclassified.';
COMMENT ON COLUMN starlink.norad_id IS 'Number in the NORAD catalogue.';
COMMENT ON COLUMN starlink.element_set_no IS 'Number of the set of elements.';
COMMENT ON COLUMN starlink.revolution_at_epoch IS 'Orbits completed by the epoch.';
COMMENT ON COLUMN starlink.bstar_per_earth_radius IS 'Drag term, per earth radius.';
COMMENT ON COLUMN starlink.mean_motion_dot_rev_per_day2 IS 'Half the first derivative of the mean motion, in orbits per day squared.';
COMMENT ON COLUMN starlink.mean_motion_ddot_rev_per_day3 IS 'A sixth of the second derivative of the mean motion, in orbits per day cubed.';
COMMENT ON COLUMN starlink.semi_major_axis_km IS 'Semi-major axis in kilometres.';
COMMENT ON COLUMN starlink.period_min IS 'Orbital period in minutes.';
COMMENT ON COLUMN starlink.apoapsis_km IS 'Highest altitude, in kilometres.';
COMMENT ON COLUMN starlink.periapsis_km IS 'Lowest altitude, in kilometres.';
COMMENT ON COLUMN starlink.object_type IS 'What it is, such as PAYLOAD, ROCKET BODY or DEBRIS.';
COMMENT ON COLUMN starlink.rcs_size IS 'Radar cross section: SMALL, MEDIUM or LARGE.';
COMMENT ON COLUMN starlink.country_code IS 'Country.';
COMMENT ON COLUMN starlink.launch_date IS 'Day of the launch.';
COMMENT ON COLUMN starlink.launch_site IS 'Launch site, by its name in the catalogue.';
COMMENT ON COLUMN starlink.decay_date IS 'Day on which it decayed.';
COMMENT ON COLUMN starlink.decayed IS '1 if it has decayed, else 0.';
COMMENT ON COLUMN starlink.file IS 'File number at the source.';
COMMENT ON COLUMN starlink.gp_id IS 'Number of the element set at the source.';
COMMENT ON COLUMN starlink.tle_line0 IS 'Two-line element set: name.';
COMMENT ON COLUMN starlink.tle_line1 IS 'Two-line element set: first line.';
COMMENT ON COLUMN starlink.tle_line2 IS 'Two-line element set: second line.';
COMMENT ON COLUMN starlink._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN starlink._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN starlink._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE roadster (
  id text COLLATE "C" PRIMARY KEY,
  name text,
  launch_date_utc timestamptz,
  launch_date_unix bigint,
  launch_mass_kg double precision,
  norad_id integer,
  epoch_jd double precision,
  orbit_type text,
  apoapsis_au double precision,
  periapsis_au double precision,
  semi_major_axis_au double precision,
  eccentricity double precision,
  inclination_deg double precision,
  longitude_deg double precision,
  arg_of_periapsis_deg double precision,
  period_days double precision,
  speed_kph double precision,
  earth_distance_km double precision,
  mars_distance_km double precision,
  wikipedia_url text,
  video_url text,
  details text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE roadster IS 'The car in orbit around the Sun: one row.';
COMMENT ON COLUMN roadster.id IS 'Id of the car in the API.';
COMMENT ON COLUMN roadster.name IS 'Name.';
COMMENT ON COLUMN roadster.launch_date_utc IS 'Time of the launch.';
COMMENT ON COLUMN roadster.launch_date_unix IS 'Time of the launch in seconds since 1970, as the API gives it.';
COMMENT ON COLUMN roadster.launch_mass_kg IS 'Mass at launch, in kilograms.';
COMMENT ON COLUMN roadster.norad_id IS 'Number in the NORAD catalogue.';
COMMENT ON COLUMN roadster.epoch_jd IS 'Julian date to which position and orbit apply.';
COMMENT ON COLUMN roadster.orbit_type IS 'Kind of orbit, such as heliocentric.';
COMMENT ON COLUMN roadster.apoapsis_au IS 'Greatest distance from the Sun, in astronomical units.';
COMMENT ON COLUMN roadster.periapsis_au IS 'Least distance from the Sun, in astronomical units.';
COMMENT ON COLUMN roadster.semi_major_axis_au IS 'Semi-major axis in astronomical units, as the API gives it.';
COMMENT ON COLUMN roadster.eccentricity IS 'Eccentricity; 0 is a circle.';
COMMENT ON COLUMN roadster.inclination_deg IS 'Inclination in degrees.';
COMMENT ON COLUMN roadster.longitude_deg IS 'Longitude in degrees.';
COMMENT ON COLUMN roadster.arg_of_periapsis_deg IS 'Argument of the periapsis, in degrees.';
COMMENT ON COLUMN roadster.period_days IS 'Orbital period in days.';
COMMENT ON COLUMN roadster.speed_kph IS 'Speed in kilometres per hour.';
COMMENT ON COLUMN roadster.earth_distance_km IS 'Distance from Earth, in kilometres.';
COMMENT ON COLUMN roadster.mars_distance_km IS 'Distance from Mars, in kilometres.';
COMMENT ON COLUMN roadster.wikipedia_url IS 'Wikipedia article.';
COMMENT ON COLUMN roadster.video_url IS 'Recording of the launch.';
COMMENT ON COLUMN roadster.details IS 'Description in prose.';
COMMENT ON COLUMN roadster._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN roadster._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN roadster._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE roadster_images (
  roadster_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (roadster_id, position)
);
COMMENT ON TABLE roadster_images IS 'Photographs of the car.';
COMMENT ON COLUMN roadster_images.roadster_id IS 'The car.';
COMMENT ON COLUMN roadster_images.position IS 'Position in the list of the roadster, from 0.';
COMMENT ON COLUMN roadster_images.url IS 'URL of the picture.';
COMMENT ON COLUMN roadster_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN roadster_images._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN roadster_images._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE company (
  id text COLLATE "C" PRIMARY KEY,
  name text,
  founder text,
  founded_year integer,
  employees integer,
  vehicles integer,
  launch_sites integer,
  test_sites integer,
  ceo text,
  cto text,
  coo text,
  cto_propulsion text,
  valuation_usd bigint,
  headquarters_address text,
  headquarters_city text,
  headquarters_state text,
  website_url text,
  flickr_url text,
  twitter_url text,
  elon_twitter_url text,
  summary text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE company IS 'The company: one row.';
COMMENT ON COLUMN company.id IS 'Id of the company in the API.';
COMMENT ON COLUMN company.name IS 'Name.';
COMMENT ON COLUMN company.founder IS 'Founder.';
COMMENT ON COLUMN company.founded_year IS 'Year in which it was founded.';
COMMENT ON COLUMN company.employees IS 'Number of employees.';
COMMENT ON COLUMN company.vehicles IS 'Number of vehicles.';
COMMENT ON COLUMN company.launch_sites IS 'Number of launch sites.';
COMMENT ON COLUMN company.test_sites IS 'Number of test sites.';
COMMENT ON COLUMN company.ceo IS 'Chief executive officer.';
COMMENT ON COLUMN company.cto IS 'Chief technology officer.';
COMMENT ON COLUMN company.coo IS 'Chief operating officer.';
COMMENT ON COLUMN company.cto_propulsion IS 'Chief technology officer of propulsion.';
COMMENT ON COLUMN company.valuation_usd IS 'Value of the company, in US dollars.';
COMMENT ON COLUMN company.headquarters_address IS 'Street of the headquarters.';
COMMENT ON COLUMN company.headquarters_city IS 'City of the headquarters.';
COMMENT ON COLUMN company.headquarters_state IS 'State of the headquarters.';
COMMENT ON COLUMN company.website_url IS 'Website.';
COMMENT ON COLUMN company.flickr_url IS 'Photographs.';
COMMENT ON COLUMN company.twitter_url IS 'Twitter account of the company.';
COMMENT ON COLUMN company.elon_twitter_url IS 'Twitter account of its founder.';
COMMENT ON COLUMN company.summary IS 'Description in prose.';
COMMENT ON COLUMN company._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN company._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN company._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE history (
  id text COLLATE "C" PRIMARY KEY,
  title text,
  event_date_utc timestamptz,
  event_date_unix bigint,
  details text,
  article_url text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE history IS 'Events that made history.';
COMMENT ON COLUMN history.id IS 'Id of the event in the API.';
COMMENT ON COLUMN history.title IS 'What happened, in a few words.';
COMMENT ON COLUMN history.event_date_utc IS 'Time of the event.';
COMMENT ON COLUMN history.event_date_unix IS 'The same in seconds since 1970, as the API gives it.';
COMMENT ON COLUMN history.details IS 'What happened, in prose.';
COMMENT ON COLUMN history.article_url IS 'An article about it.';
COMMENT ON COLUMN history._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN history._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN history._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launches (
  id text COLLATE "C" PRIMARY KEY,
  flight_number integer NOT NULL,
  name text NOT NULL,
  details text,
  rocket_id text COLLATE "C",
  rocket_name text,
  launch_date_utc timestamptz NOT NULL,
  launch_date_unix bigint NOT NULL,
  launch_date_local timestamptz NOT NULL,
  launch_utc_offset_minutes integer NOT NULL,
  launch_date_precision text NOT NULL,
  success boolean,
  upcoming boolean NOT NULL,
  launchpad_id text COLLATE "C",
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
  launch_library_id text COLLATE "C",
  transformed_at_utc timestamptz NOT NULL,
  transformed_at_date date NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
CREATE INDEX launches_rocket_id ON launches (rocket_id);
CREATE INDEX launches_launchpad_id ON launches (launchpad_id);
COMMENT ON TABLE launches IS 'Past and upcoming launches: when, where, on what, how it went.';
COMMENT ON COLUMN launches.id IS 'Id of the launch in the API.';
COMMENT ON COLUMN launches.flight_number IS 'Number in launch order. Not unique, and renumbered now and then.';
COMMENT ON COLUMN launches.name IS 'Name of the mission.';
COMMENT ON COLUMN launches.details IS 'What happened, in prose.';
COMMENT ON COLUMN launches.rocket_id IS 'Rocket that flew or will fly.';
COMMENT ON COLUMN launches.rocket_name IS 'Name of the rocket when the row was made; null where it is unknown.';
COMMENT ON COLUMN launches.launch_date_utc IS 'Time of the launch.';
COMMENT ON COLUMN launches.launch_date_unix IS 'Time of the launch in seconds since 1970, as the API gives it.';
COMMENT ON COLUMN launches.launch_date_local IS 'Time of the launch as the API gives it for the launch site.';
COMMENT ON COLUMN launches.launch_utc_offset_minutes IS 'Minutes by which local time at launch_date_local is ahead of UTC.';
COMMENT ON COLUMN launches.launch_date_precision IS 'Precision of the dates: half, quarter, year, month, day or hour.';
COMMENT ON COLUMN launches.success IS 'Whether it succeeded; null until it has flown.';
COMMENT ON COLUMN launches.upcoming IS 'Whether it has yet to fly.';
COMMENT ON COLUMN launches.launchpad_id IS 'Launch site.';
COMMENT ON COLUMN launches.window_s IS 'Length of the launch window, in seconds.';
COMMENT ON COLUMN launches.static_fire_date_utc IS 'Time of the static fire before the launch.';
COMMENT ON COLUMN launches.static_fire_date_unix IS 'The same in seconds since 1970, as the API gives it.';
COMMENT ON COLUMN launches.tbd IS 'Whether the date is still to be determined.';
COMMENT ON COLUMN launches.net IS 'Whether the date is a "no earlier than" date.';
COMMENT ON COLUMN launches.fairings_reused IS 'Whether the fairing halves had flown before; null without a fairing.';
COMMENT ON COLUMN launches.fairings_recovery_attempt IS 'Whether a recovery of the fairing was attempted.';
COMMENT ON COLUMN launches.fairings_recovered IS 'Whether the fairing was recovered.';
COMMENT ON COLUMN launches.patch_small_url IS 'Small picture of the mission patch.';
COMMENT ON COLUMN launches.patch_large_url IS 'Large picture of the mission patch.';
COMMENT ON COLUMN launches.reddit_campaign_url IS 'Reddit discussion of the campaign.';
COMMENT ON COLUMN launches.reddit_launch_url IS 'Reddit discussion during the launch.';
COMMENT ON COLUMN launches.reddit_media_url IS 'Reddit collection of pictures.';
COMMENT ON COLUMN launches.reddit_recovery_url IS 'Reddit discussion of the recovery.';
COMMENT ON COLUMN launches.presskit_url IS 'Press kit.';
COMMENT ON COLUMN launches.webcast_url IS 'Recording of the webcast.';
COMMENT ON COLUMN launches.youtube_id IS 'YouTube id of the webcast.';
COMMENT ON COLUMN launches.article_url IS 'An article about the launch.';
COMMENT ON COLUMN launches.wikipedia_url IS 'Wikipedia article.';
COMMENT ON COLUMN launches.auto_update IS 'Whether the API''s own jobs keep the record up to date.';
COMMENT ON COLUMN launches.launch_library_id IS 'Id of the launch in Launch Library 2.';
COMMENT ON COLUMN launches.transformed_at_utc IS 'Start of the run that made the row.';
COMMENT ON COLUMN launches.transformed_at_date IS 'Date of transformed_at_utc, in UTC.';
COMMENT ON COLUMN launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launches._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launches._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_cores (
  launch_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  core_id text COLLATE "C",
  flight integer,
  gridfins boolean,
  legs boolean,
  reused boolean,
  landing_attempt boolean,
  landing_success boolean,
  landing_type text,
  landpad_id text COLLATE "C",
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_cores_core_id ON launch_cores (core_id);
CREATE INDEX launch_cores_landpad_id ON launch_cores (landpad_id);
COMMENT ON TABLE launch_cores IS 'First stages (cores) of a launch, and how they landed.';
COMMENT ON COLUMN launch_cores.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_cores.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_cores.core_id IS 'Core; null until it is known.';
COMMENT ON COLUMN launch_cores.flight IS 'Flights of the core up to and including this one.';
COMMENT ON COLUMN launch_cores.gridfins IS 'Whether it has grid fins.';
COMMENT ON COLUMN launch_cores.legs IS 'Whether it has landing legs.';
COMMENT ON COLUMN launch_cores.reused IS 'Whether it had flown before.';
COMMENT ON COLUMN launch_cores.landing_attempt IS 'Whether it tried to land.';
COMMENT ON COLUMN launch_cores.landing_success IS 'Whether it landed.';
COMMENT ON COLUMN launch_cores.landing_type IS 'Ocean, ASDS (drone ship) or RTLS (return to launch site).';
COMMENT ON COLUMN launch_cores.landpad_id IS 'Landing pad or drone ship.';
COMMENT ON COLUMN launch_cores._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_cores._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_cores._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_payloads (
  launch_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  payload_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_payloads_payload_id ON launch_payloads (payload_id);
COMMENT ON TABLE launch_payloads IS 'Payloads of a launch.';
COMMENT ON COLUMN launch_payloads.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_payloads.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_payloads.payload_id IS 'Payload.';
COMMENT ON COLUMN launch_payloads._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_payloads._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_payloads._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_crew (
  launch_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  crew_id text COLLATE "C",
  role text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_crew_crew_id ON launch_crew (crew_id);
COMMENT ON TABLE launch_crew IS 'Crew of a launch.';
COMMENT ON COLUMN launch_crew.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_crew.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_crew.crew_id IS 'Crew member.';
COMMENT ON COLUMN launch_crew.role IS 'What the crew member does on this flight.';
COMMENT ON COLUMN launch_crew._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_crew._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_crew._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_ships (
  launch_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  ship_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_ships_ship_id ON launch_ships (ship_id);
COMMENT ON TABLE launch_ships IS 'Ships that support a launch.';
COMMENT ON COLUMN launch_ships.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_ships.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_ships.ship_id IS 'Ship.';
COMMENT ON COLUMN launch_ships._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_ships._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_ships._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_capsules (
  launch_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  capsule_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_capsules_capsule_id ON launch_capsules (capsule_id);
COMMENT ON TABLE launch_capsules IS 'Capsules of a launch.';
COMMENT ON COLUMN launch_capsules.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_capsules.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_capsules.capsule_id IS 'Capsule.';
COMMENT ON COLUMN launch_capsules._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_capsules._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_capsules._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_fairing_ships (
  launch_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  ship_id text COLLATE "C" NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
CREATE INDEX launch_fairing_ships_ship_id ON launch_fairing_ships (ship_id);
COMMENT ON TABLE launch_fairing_ships IS 'Ships that recover the fairing of a launch.';
COMMENT ON COLUMN launch_fairing_ships.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_fairing_ships.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_fairing_ships.ship_id IS 'Ship.';
COMMENT ON COLUMN launch_fairing_ships._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_fairing_ships._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_fairing_ships._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_failures (
  launch_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  time_s double precision,
  altitude_km double precision,
  reason text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, position)
);
COMMENT ON TABLE launch_failures IS 'What went wrong in a launch.';
COMMENT ON COLUMN launch_failures.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_failures.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_failures.time_s IS 'Seconds after liftoff; negative before it.';
COMMENT ON COLUMN launch_failures.altitude_km IS 'Altitude at that time, in kilometres.';
COMMENT ON COLUMN launch_failures.reason IS 'What failed.';
COMMENT ON COLUMN launch_failures._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_failures._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_failures._loaded_at IS 'Time of the last change of the row in this database.';

CREATE TABLE launch_images (
  launch_id text COLLATE "C" NOT NULL,
  size text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (launch_id, size, position)
);
COMMENT ON TABLE launch_images IS 'Photographs of a launch.';
COMMENT ON COLUMN launch_images.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_images.size IS 'Size of the picture: small or original.';
COMMENT ON COLUMN launch_images.position IS 'Position among the pictures of that size, from 0.';
COMMENT ON COLUMN launch_images.url IS 'URL of the picture.';
COMMENT ON COLUMN launch_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN launch_images._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN launch_images._loaded_at IS 'Time of the last change of the row in this database.';

-- down
DROP TABLE launch_images, launch_failures, launch_fairing_ships, launch_capsules, launch_ships, launch_crew,
  launch_payloads, launch_cores, launches, history, company, roadster_images, roadster, starlink,
  dragon_images, dragon_thrusters, dragons, crew_launches, crew, ship_launches, ship_roles, ships,
  capsule_launches, capsules, core_launches, cores, payload_manufacturers, payload_nationalities,
  payload_norad_ids, payload_customers, payloads, landpad_images, landpad_launches, landpads,
  launchpad_images, launchpad_launches, launchpad_rockets, launchpads, rocket_images, rocket_payload_weights,
  rockets;
