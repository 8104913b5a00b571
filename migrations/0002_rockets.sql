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
  leo_payload_kg double precision,
  gto_payload_kg double precision,
  first_stage_reusable boolean NOT NULL,
  first_stage_engines integer NOT NULL,
  first_stage_thrust_sea_level_kn double precision NOT NULL,
  first_stage_thrust_vacuum_kn double precision NOT NULL,
  first_stage_burn_time_s double precision,
  second_stage_engines integer NOT NULL,
  second_stage_thrust_kn double precision NOT NULL,
  second_stage_burn_time_s double precision,
  engine_type text NOT NULL,
  engine_version text NOT NULL,
  propellant_1 text NOT NULL,
  propellant_2 text NOT NULL,
  landing_legs integer NOT NULL,
  wikipedia_url text NOT NULL,
  description text NOT NULL,
  transformed_at_utc timestamptz NOT NULL,
  transformed_at_date date NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);

-- down
DROP TABLE rockets;
