-- schema: target

-- up
CREATE TABLE rockets (
  id text PRIMARY KEY,
  name text NOT NULL,
  type text NOT NULL,
  active boolean NOT NULL,
  stages integer NOT NULL,
  boosters integer NOT NULL,
  cost_per_launch_usd bigint NOT NULL,
  success_rate_pct double precision NOT NULL,
  first_flight_date date NOT NULL,
  country text NOT NULL,
  company text NOT NULL,
  height_m double precision,
  diameter_m double precision,
  mass_kg double precision,
  first_stage_reusable boolean NOT NULL,
  first_stage_engines integer NOT NULL,
  first_stage_fuel_t double precision NOT NULL,
  first_stage_burn_time_s double precision,
  first_stage_thrust_sea_level_kn double precision NOT NULL,
  first_stage_thrust_vacuum_kn double precision NOT NULL,
  second_stage_reusable boolean NOT NULL,
  second_stage_engines integer NOT NULL,
  second_stage_fuel_t double precision NOT NULL,
  second_stage_burn_time_s double precision,
  second_stage_thrust_kn double precision NOT NULL,
  second_stage_payload_option text NOT NULL,
  fairing_height_m double precision,
  fairing_diameter_m double precision,
  engines integer NOT NULL,
  engine_type text NOT NULL,
  engine_version text NOT NULL,
  engine_layout text,
  engine_isp_sea_level_s double precision NOT NULL,
  engine_isp_vacuum_s double precision NOT NULL,
  engine_loss_max integer,
  engine_thrust_sea_level_kn double precision NOT NULL,
  engine_thrust_vacuum_kn double precision NOT NULL,
  engine_thrust_to_weight double precision NOT NULL,
  propellant_1 text NOT NULL,
  propellant_2 text NOT NULL,
  landing_legs integer NOT NULL,
  landing_legs_material text,
  wikipedia_url text NOT NULL,
  description text NOT NULL,
  transformed_at_utc timestamptz NOT NULL,
  transformed_at_date date NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE rockets IS 'Launch vehicles: size, mass, stages, engines, cost.';
COMMENT ON COLUMN rockets.id IS 'Id of the rocket in the API.';
COMMENT ON COLUMN rockets.name IS 'Name.';
COMMENT ON COLUMN rockets.type IS 'What kind of vehicle it is.';
COMMENT ON COLUMN rockets.active IS 'Does it still fly?';
COMMENT ON COLUMN rockets.stages IS 'Stages.';
COMMENT ON COLUMN rockets.boosters IS 'Boosters beside the first stage.';
COMMENT ON COLUMN rockets.cost_per_launch_usd IS 'Price of a launch, in US dollars.';
COMMENT ON COLUMN rockets.success_rate_pct IS 'Launches that succeeded, in percent, as the API says it.';
COMMENT ON COLUMN rockets.first_flight_date IS 'Day of the first flight.';
COMMENT ON COLUMN rockets.country IS 'Country that it comes from.';
COMMENT ON COLUMN rockets.company IS 'Its maker.';
COMMENT ON COLUMN rockets.height_m IS 'Height in metres.';
COMMENT ON COLUMN rockets.diameter_m IS 'Diameter in metres.';
COMMENT ON COLUMN rockets.mass_kg IS 'Mass in kilograms.';
COMMENT ON COLUMN rockets.first_stage_reusable IS 'Can the first stage fly again?';
COMMENT ON COLUMN rockets.first_stage_engines IS 'Engines of the first stage.';
COMMENT ON COLUMN rockets.first_stage_fuel_t IS 'Propellant of the first stage, in tonnes.';
COMMENT ON COLUMN rockets.first_stage_burn_time_s IS 'How long the first stage burns, in seconds.';
COMMENT ON COLUMN rockets.first_stage_thrust_sea_level_kn IS 'Thrust of the first stage at sea level, in kilonewtons.';
COMMENT ON COLUMN rockets.first_stage_thrust_vacuum_kn IS 'Thrust of the first stage in vacuum, in kilonewtons.';
COMMENT ON COLUMN rockets.second_stage_reusable IS 'Can the second stage fly again?';
COMMENT ON COLUMN rockets.second_stage_engines IS 'Engines of the second stage.';
COMMENT ON COLUMN rockets.second_stage_fuel_t IS 'Propellant of the second stage, in tonnes.';
COMMENT ON COLUMN rockets.second_stage_burn_time_s IS 'How long the second stage burns, in seconds.';
COMMENT ON COLUMN rockets.second_stage_thrust_kn IS 'Thrust of the second stage, in kilonewtons.';
COMMENT ON COLUMN rockets.second_stage_payload_option IS 'What the second stage carries.';
COMMENT ON COLUMN rockets.fairing_height_m IS 'Height of the composite fairing, in metres.';
COMMENT ON COLUMN rockets.fairing_diameter_m IS 'Diameter of the composite fairing, in metres.';
COMMENT ON COLUMN rockets.engines IS 'Engines in all.';
COMMENT ON COLUMN rockets.engine_type IS 'Kind of engine.';
COMMENT ON COLUMN rockets.engine_version IS 'Version of the engine; empty where there is none.';
COMMENT ON COLUMN rockets.engine_layout IS 'How the engines are arranged.';
COMMENT ON COLUMN rockets.engine_isp_sea_level_s IS 'Specific impulse at sea level, in seconds.';
COMMENT ON COLUMN rockets.engine_isp_vacuum_s IS 'Specific impulse in vacuum, in seconds.';
COMMENT ON COLUMN rockets.engine_loss_max IS 'Engines that may fail in flight.';
COMMENT ON COLUMN rockets.engine_thrust_sea_level_kn IS 'Thrust of one engine at sea level, in kilonewtons.';
COMMENT ON COLUMN rockets.engine_thrust_vacuum_kn IS 'Thrust of one engine in vacuum, in kilonewtons.';
COMMENT ON COLUMN rockets.engine_thrust_to_weight IS 'Thrust of an engine as a multiple of its weight.';
COMMENT ON COLUMN rockets.propellant_1 IS 'First propellant.';
COMMENT ON COLUMN rockets.propellant_2 IS 'Second propellant.';
COMMENT ON COLUMN rockets.landing_legs IS 'Landing legs.';
COMMENT ON COLUMN rockets.landing_legs_material IS 'What the legs are made of.';
COMMENT ON COLUMN rockets.wikipedia_url IS 'Encyclopedia article.';
COMMENT ON COLUMN rockets.description IS 'What it is, in prose.';
COMMENT ON COLUMN rockets.transformed_at_utc IS 'Start of the run that made the row.';
COMMENT ON COLUMN rockets.transformed_at_date IS 'Day of transformed_at_utc, in UTC.';
COMMENT ON COLUMN rockets._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN rockets._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN rockets._loaded_at IS 'When the row was last changed here.';

CREATE TABLE rocket_payload_weights (
  rocket_id text NOT NULL,
  position integer NOT NULL,
  orbit text NOT NULL,
  name text NOT NULL,
  mass_kg double precision NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (rocket_id, position)
);
COMMENT ON TABLE rocket_payload_weights IS 'What a rocket can carry, by orbit.';
COMMENT ON COLUMN rocket_payload_weights.rocket_id IS 'Rocket.';
COMMENT ON COLUMN rocket_payload_weights.position IS 'Place in the list of the rocket, from 0.';
COMMENT ON COLUMN rocket_payload_weights.orbit IS 'Short name of the orbit: leo, gto, mars, pluto, moon.';
COMMENT ON COLUMN rocket_payload_weights.name IS 'Name of the orbit.';
COMMENT ON COLUMN rocket_payload_weights.mass_kg IS 'Mass in kilograms.';
COMMENT ON COLUMN rocket_payload_weights._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN rocket_payload_weights._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN rocket_payload_weights._loaded_at IS 'When the row was last changed here.';

CREATE TABLE rocket_images (
  rocket_id text NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (rocket_id, position)
);
COMMENT ON TABLE rocket_images IS 'Photographs of a rocket.';
COMMENT ON COLUMN rocket_images.rocket_id IS 'Rocket.';
COMMENT ON COLUMN rocket_images.position IS 'Place in the list of the rocket, from 0.';
COMMENT ON COLUMN rocket_images.url IS 'Address of the picture.';
COMMENT ON COLUMN rocket_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN rocket_images._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN rocket_images._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE rocket_images, rocket_payload_weights, rockets;
