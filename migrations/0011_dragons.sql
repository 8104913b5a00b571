-- schema: target

-- up
CREATE TABLE dragons (
  id text PRIMARY KEY,
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
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE dragons IS 'Kinds of Dragon spacecraft.';
COMMENT ON COLUMN dragons.id IS 'Id of the kind of Dragon in the API.';
COMMENT ON COLUMN dragons.name IS 'Name.';
COMMENT ON COLUMN dragons.type IS 'What it is.';
COMMENT ON COLUMN dragons.active IS 'Does it still fly?';
COMMENT ON COLUMN dragons.crew_capacity IS 'People that it carries.';
COMMENT ON COLUMN dragons.sidewall_angle_deg IS 'Angle of the side wall, in degrees.';
COMMENT ON COLUMN dragons.orbit_duration_years IS 'How long it can stay in orbit, in years.';
COMMENT ON COLUMN dragons.dry_mass_kg IS 'Mass without propellant, in kilograms.';
COMMENT ON COLUMN dragons.first_flight_date IS 'Day of the first flight.';
COMMENT ON COLUMN dragons.heat_shield_material IS 'What the heat shield is made of.';
COMMENT ON COLUMN dragons.heat_shield_size_m IS 'Size of the heat shield, in metres.';
COMMENT ON COLUMN dragons.heat_shield_temp_degrees IS 'Temperature that the heat shield stands, in degrees; the API does not say which.';
COMMENT ON COLUMN dragons.heat_shield_dev_partner IS 'Who helped to develop the heat shield.';
COMMENT ON COLUMN dragons.launch_payload_mass_kg IS 'Mass that it carries up, in kilograms.';
COMMENT ON COLUMN dragons.launch_payload_volume_m3 IS 'Volume that it carries up, in cubic metres.';
COMMENT ON COLUMN dragons.return_payload_mass_kg IS 'Mass that it brings back, in kilograms.';
COMMENT ON COLUMN dragons.return_payload_volume_m3 IS 'Volume that it brings back, in cubic metres.';
COMMENT ON COLUMN dragons.pressurized_volume_m3 IS 'Pressurized volume, in cubic metres.';
COMMENT ON COLUMN dragons.trunk_volume_m3 IS 'Volume of the trunk, in cubic metres.';
COMMENT ON COLUMN dragons.trunk_solar_arrays IS 'Solar arrays on the trunk.';
COMMENT ON COLUMN dragons.trunk_unpressurized_cargo IS 'Does the trunk carry cargo?';
COMMENT ON COLUMN dragons.height_with_trunk_m IS 'Height with the trunk, in metres.';
COMMENT ON COLUMN dragons.diameter_m IS 'Diameter in metres.';
COMMENT ON COLUMN dragons.wikipedia_url IS 'Encyclopedia article.';
COMMENT ON COLUMN dragons.description IS 'What it is, in prose.';
COMMENT ON COLUMN dragons._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN dragons._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN dragons._loaded_at IS 'When the row was last changed here.';

CREATE TABLE dragon_thrusters (
  dragon_id text NOT NULL,
  position integer NOT NULL,
  type text NOT NULL,
  amount integer NOT NULL,
  pods integer NOT NULL,
  fuel_1 text NOT NULL,
  fuel_2 text NOT NULL,
  isp_s double precision NOT NULL,
  thrust_kn double precision NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (dragon_id, position)
);
COMMENT ON TABLE dragon_thrusters IS 'Thrusters of a kind of Dragon.';
COMMENT ON COLUMN dragon_thrusters.dragon_id IS 'Kind of Dragon.';
COMMENT ON COLUMN dragon_thrusters.position IS 'Place in the list of the dragon, from 0.';
COMMENT ON COLUMN dragon_thrusters.type IS 'Kind of thruster.';
COMMENT ON COLUMN dragon_thrusters.amount IS 'How many there are.';
COMMENT ON COLUMN dragon_thrusters.pods IS 'Groups that they are in.';
COMMENT ON COLUMN dragon_thrusters.fuel_1 IS 'First propellant.';
COMMENT ON COLUMN dragon_thrusters.fuel_2 IS 'Second propellant.';
COMMENT ON COLUMN dragon_thrusters.isp_s IS 'Specific impulse in seconds.';
COMMENT ON COLUMN dragon_thrusters.thrust_kn IS 'Thrust of one, in kilonewtons.';
COMMENT ON COLUMN dragon_thrusters._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN dragon_thrusters._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN dragon_thrusters._loaded_at IS 'When the row was last changed here.';

CREATE TABLE dragon_images (
  dragon_id text NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (dragon_id, position)
);
COMMENT ON TABLE dragon_images IS 'Photographs of a kind of Dragon.';
COMMENT ON COLUMN dragon_images.dragon_id IS 'Kind of Dragon.';
COMMENT ON COLUMN dragon_images.position IS 'Place in the list of the dragon, from 0.';
COMMENT ON COLUMN dragon_images.url IS 'Address of the picture.';
COMMENT ON COLUMN dragon_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN dragon_images._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN dragon_images._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE dragon_images, dragon_thrusters, dragons;
