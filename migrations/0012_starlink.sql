-- schema: target

-- up
CREATE TABLE starlink (
  id text PRIMARY KEY,
  version text,
  launch_id text,
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
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
CREATE INDEX starlink_launch_id ON starlink (launch_id);
COMMENT ON TABLE starlink IS 'Starlink satellites.';
COMMENT ON COLUMN starlink.id IS 'Id of the satellite in the API.';
COMMENT ON COLUMN starlink.version IS 'Version of the satellite.';
COMMENT ON COLUMN starlink.launch_id IS 'Launch.';
COMMENT ON COLUMN starlink.longitude_deg IS 'Degrees east.';
COMMENT ON COLUMN starlink.latitude_deg IS 'Degrees north.';
COMMENT ON COLUMN starlink.height_km IS 'Height in kilometres.';
COMMENT ON COLUMN starlink.velocity_km_s IS 'Speed in kilometres a second.';
COMMENT ON COLUMN starlink.omm_version IS 'Version of the orbit message''s standard.';
COMMENT ON COLUMN starlink.comment IS 'Remark of the source.';
COMMENT ON COLUMN starlink.created_at IS 'When the elements were made.';
COMMENT ON COLUMN starlink.originator IS 'Who made the elements.';
COMMENT ON COLUMN starlink.object_name IS 'Name in the catalogue.';
COMMENT ON COLUMN starlink.object_id IS 'International designator.';
COMMENT ON COLUMN starlink.center_name IS 'What the orbit is about.';
COMMENT ON COLUMN starlink.reference_frame IS 'Reference frame.';
COMMENT ON COLUMN starlink.time_system IS 'Time system.';
COMMENT ON COLUMN starlink.mean_element_theory IS 'Theory of the mean elements.';
COMMENT ON COLUMN starlink.epoch IS 'Time for which the elements are given.';
COMMENT ON COLUMN starlink.mean_motion_rev_per_day IS 'Orbits a day.';
COMMENT ON COLUMN starlink.eccentricity IS 'Eccentricity, from 0 for a circle.';
COMMENT ON COLUMN starlink.inclination_deg IS 'Inclination in degrees.';
COMMENT ON COLUMN starlink.ra_of_asc_node_deg IS 'Right ascension of the ascending node, in degrees.';
COMMENT ON COLUMN starlink.arg_of_pericenter_deg IS 'Argument of the pericenter, in degrees.';
COMMENT ON COLUMN starlink.mean_anomaly_deg IS 'Mean anomaly in degrees.';
COMMENT ON COLUMN starlink.ephemeris_type IS 'Kind of ephemeris.';
COMMENT ON COLUMN starlink.classification_type IS 'U: unclassified.';
COMMENT ON COLUMN starlink.norad_id IS 'Number in the NORAD catalogue.';
COMMENT ON COLUMN starlink.element_set_no IS 'Number of the set of elements.';
COMMENT ON COLUMN starlink.revolution_at_epoch IS 'Orbits made until the epoch.';
COMMENT ON COLUMN starlink.bstar_per_earth_radius IS 'Drag term, per earth radius.';
COMMENT ON COLUMN starlink.mean_motion_dot_rev_per_day2 IS 'Half of the change of the mean motion, in orbits a day squared.';
COMMENT ON COLUMN starlink.mean_motion_ddot_rev_per_day3 IS 'A sixth of the second change of the mean motion, in orbits a day cubed.';
COMMENT ON COLUMN starlink.semi_major_axis_km IS 'Semi-major axis in kilometres.';
COMMENT ON COLUMN starlink.period_min IS 'Time of one orbit, in minutes.';
COMMENT ON COLUMN starlink.apoapsis_km IS 'Greatest height in kilometres.';
COMMENT ON COLUMN starlink.periapsis_km IS 'Lowest height in kilometres.';
COMMENT ON COLUMN starlink.object_type IS 'What it is, such as PAYLOAD, ROCKET BODY or DEBRIS.';
COMMENT ON COLUMN starlink.rcs_size IS 'Size as radar sees it.';
COMMENT ON COLUMN starlink.country_code IS 'Country.';
COMMENT ON COLUMN starlink.launch_date IS 'Day of the launch.';
COMMENT ON COLUMN starlink.launch_site IS 'Launch site, as the catalogue names it.';
COMMENT ON COLUMN starlink.decay_date IS 'Day on which it came down.';
COMMENT ON COLUMN starlink.decayed IS '1 where it came down, else 0.';
COMMENT ON COLUMN starlink.file IS 'Number of the file at the source.';
COMMENT ON COLUMN starlink.gp_id IS 'Number of the elements at the source.';
COMMENT ON COLUMN starlink.tle_line0 IS 'Two-line element set: name.';
COMMENT ON COLUMN starlink.tle_line1 IS 'Two-line element set: first line.';
COMMENT ON COLUMN starlink.tle_line2 IS 'Two-line element set: second line.';
COMMENT ON COLUMN starlink._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN starlink._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN starlink._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE starlink;
