-- schema: target

-- up
CREATE TABLE payloads (
  id text PRIMARY KEY,
  name text,
  type text,
  reused boolean NOT NULL,
  launch_id text,
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
  dragon_capsule_id text,
  dragon_mass_returned_kg double precision,
  dragon_flight_time_s double precision,
  dragon_manifest_url text,
  dragon_water_landing boolean,
  dragon_land_landing boolean,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
CREATE INDEX payloads_launch_id ON payloads (launch_id);
CREATE INDEX payloads_dragon_capsule_id ON payloads (dragon_capsule_id);
COMMENT ON TABLE payloads IS 'Payloads: satellites, capsules, probes.';
COMMENT ON COLUMN payloads.id IS 'Id of the payload in the API.';
COMMENT ON COLUMN payloads.name IS 'Name.';
COMMENT ON COLUMN payloads.type IS 'What it is, such as Satellite, Dragon 1.0 or Crew Dragon.';
COMMENT ON COLUMN payloads.reused IS 'Had it flown before?';
COMMENT ON COLUMN payloads.launch_id IS 'Launch, as the payload names it.';
COMMENT ON COLUMN payloads.mass_kg IS 'Mass in kilograms.';
COMMENT ON COLUMN payloads.orbit IS 'Kind of orbit, such as LEO, GTO or SSO.';
COMMENT ON COLUMN payloads.reference_system IS 'What the orbit is about, such as geocentric or heliocentric.';
COMMENT ON COLUMN payloads.regime IS 'Kind of orbit in words.';
COMMENT ON COLUMN payloads.longitude_deg IS 'Longitude of a geostationary payload, in degrees east.';
COMMENT ON COLUMN payloads.semi_major_axis_km IS 'Semi-major axis in kilometres.';
COMMENT ON COLUMN payloads.eccentricity IS 'Eccentricity, from 0 for a circle.';
COMMENT ON COLUMN payloads.periapsis_km IS 'Lowest height in kilometres.';
COMMENT ON COLUMN payloads.apoapsis_km IS 'Greatest height in kilometres.';
COMMENT ON COLUMN payloads.inclination_deg IS 'Inclination in degrees.';
COMMENT ON COLUMN payloads.period_min IS 'Time of one orbit, in minutes.';
COMMENT ON COLUMN payloads.lifespan_years IS 'How long it is meant to work, in years.';
COMMENT ON COLUMN payloads.epoch IS 'Time for which the orbit is given.';
COMMENT ON COLUMN payloads.mean_motion_rev_per_day IS 'Orbits a day.';
COMMENT ON COLUMN payloads.raan_deg IS 'Right ascension of the ascending node, in degrees.';
COMMENT ON COLUMN payloads.arg_of_pericenter_deg IS 'Argument of the pericenter, in degrees.';
COMMENT ON COLUMN payloads.mean_anomaly_deg IS 'Mean anomaly in degrees.';
COMMENT ON COLUMN payloads.dragon_capsule_id IS 'Capsule that carried it.';
COMMENT ON COLUMN payloads.dragon_mass_returned_kg IS 'Mass that came back in the capsule, in kilograms.';
COMMENT ON COLUMN payloads.dragon_flight_time_s IS 'Flight of the capsule, in seconds.';
COMMENT ON COLUMN payloads.dragon_manifest_url IS 'List of what the capsule carried.';
COMMENT ON COLUMN payloads.dragon_water_landing IS 'Did the capsule land on water?';
COMMENT ON COLUMN payloads.dragon_land_landing IS 'Did the capsule land on land?';
COMMENT ON COLUMN payloads._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN payloads._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN payloads._loaded_at IS 'When the row was last changed here.';

CREATE TABLE payload_customers (
  payload_id text NOT NULL,
  position integer NOT NULL,
  customer text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (payload_id, position)
);
COMMENT ON TABLE payload_customers IS 'Who ordered a payload.';
COMMENT ON COLUMN payload_customers.payload_id IS 'Payload.';
COMMENT ON COLUMN payload_customers.position IS 'Place in the list of the payload, from 0.';
COMMENT ON COLUMN payload_customers.customer IS 'Customer.';
COMMENT ON COLUMN payload_customers._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN payload_customers._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN payload_customers._loaded_at IS 'When the row was last changed here.';

CREATE TABLE payload_norad_ids (
  payload_id text NOT NULL,
  position integer NOT NULL,
  norad_id integer NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (payload_id, position)
);
COMMENT ON TABLE payload_norad_ids IS 'Catalogue numbers of what a payload became in orbit.';
COMMENT ON COLUMN payload_norad_ids.payload_id IS 'Payload.';
COMMENT ON COLUMN payload_norad_ids.position IS 'Place in the list of the payload, from 0.';
COMMENT ON COLUMN payload_norad_ids.norad_id IS 'Number in the NORAD catalogue.';
COMMENT ON COLUMN payload_norad_ids._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN payload_norad_ids._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN payload_norad_ids._loaded_at IS 'When the row was last changed here.';

CREATE TABLE payload_nationalities (
  payload_id text NOT NULL,
  position integer NOT NULL,
  nationality text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (payload_id, position)
);
COMMENT ON TABLE payload_nationalities IS 'Countries of a payload.';
COMMENT ON COLUMN payload_nationalities.payload_id IS 'Payload.';
COMMENT ON COLUMN payload_nationalities.position IS 'Place in the list of the payload, from 0.';
COMMENT ON COLUMN payload_nationalities.nationality IS 'Country.';
COMMENT ON COLUMN payload_nationalities._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN payload_nationalities._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN payload_nationalities._loaded_at IS 'When the row was last changed here.';

CREATE TABLE payload_manufacturers (
  payload_id text NOT NULL,
  position integer NOT NULL,
  manufacturer text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (payload_id, position)
);
COMMENT ON TABLE payload_manufacturers IS 'Who built a payload.';
COMMENT ON COLUMN payload_manufacturers.payload_id IS 'Payload.';
COMMENT ON COLUMN payload_manufacturers.position IS 'Place in the list of the payload, from 0.';
COMMENT ON COLUMN payload_manufacturers.manufacturer IS 'Manufacturer.';
COMMENT ON COLUMN payload_manufacturers._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN payload_manufacturers._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN payload_manufacturers._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE payload_manufacturers, payload_nationalities, payload_norad_ids, payload_customers, payloads;
