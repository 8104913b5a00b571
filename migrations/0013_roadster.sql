-- schema: target

-- up
CREATE TABLE roadster (
  id text PRIMARY KEY,
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
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE roadster IS 'The car in orbit around the sun: one row.';
COMMENT ON COLUMN roadster.id IS 'Id of the car in the API.';
COMMENT ON COLUMN roadster.name IS 'Name.';
COMMENT ON COLUMN roadster.launch_date_utc IS 'Time of the launch.';
COMMENT ON COLUMN roadster.launch_date_unix IS 'Time of the launch in seconds since 1970, as the API says it.';
COMMENT ON COLUMN roadster.launch_mass_kg IS 'Mass at launch, in kilograms.';
COMMENT ON COLUMN roadster.norad_id IS 'Number in the NORAD catalogue.';
COMMENT ON COLUMN roadster.epoch_jd IS 'Julian date for which position and orbit are given.';
COMMENT ON COLUMN roadster.orbit_type IS 'What it goes around.';
COMMENT ON COLUMN roadster.apoapsis_au IS 'Greatest distance from the sun, in astronomical units.';
COMMENT ON COLUMN roadster.periapsis_au IS 'Least distance from the sun, in astronomical units.';
COMMENT ON COLUMN roadster.semi_major_axis_au IS 'Semi-major axis in astronomical units, as the API says it.';
COMMENT ON COLUMN roadster.eccentricity IS 'Eccentricity, from 0 for a circle.';
COMMENT ON COLUMN roadster.inclination_deg IS 'Inclination in degrees.';
COMMENT ON COLUMN roadster.longitude_deg IS 'Longitude in degrees.';
COMMENT ON COLUMN roadster.arg_of_periapsis_deg IS 'Argument of the periapsis, in degrees.';
COMMENT ON COLUMN roadster.period_days IS 'Time of one orbit, in days.';
COMMENT ON COLUMN roadster.speed_kph IS 'Speed in kilometres an hour.';
COMMENT ON COLUMN roadster.earth_distance_km IS 'Distance from the earth, in kilometres.';
COMMENT ON COLUMN roadster.mars_distance_km IS 'Distance from Mars, in kilometres.';
COMMENT ON COLUMN roadster.wikipedia_url IS 'Encyclopedia article.';
COMMENT ON COLUMN roadster.video_url IS 'Recording of the launch.';
COMMENT ON COLUMN roadster.details IS 'What it is, in prose.';
COMMENT ON COLUMN roadster._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN roadster._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN roadster._loaded_at IS 'When the row was last changed here.';

CREATE TABLE roadster_images (
  roadster_id text NOT NULL,
  position integer NOT NULL,
  url text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (roadster_id, position)
);
COMMENT ON TABLE roadster_images IS 'Photographs of the car.';
COMMENT ON COLUMN roadster_images.roadster_id IS 'The car.';
COMMENT ON COLUMN roadster_images.position IS 'Place in the list of the roadster, from 0.';
COMMENT ON COLUMN roadster_images.url IS 'Address of the picture.';
COMMENT ON COLUMN roadster_images._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN roadster_images._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN roadster_images._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE roadster_images, roadster;
