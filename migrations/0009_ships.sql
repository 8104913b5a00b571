-- schema: target

-- up
CREATE TABLE ships (
  id text PRIMARY KEY,
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
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE ships IS 'Ships that support launches and recoveries.';
COMMENT ON COLUMN ships.id IS 'Id of the ship in the API.';
COMMENT ON COLUMN ships.name IS 'Name.';
COMMENT ON COLUMN ships.legacy_id IS 'Id in an earlier version of the API.';
COMMENT ON COLUMN ships.model IS 'Model.';
COMMENT ON COLUMN ships.type IS 'Kind of ship.';
COMMENT ON COLUMN ships.active IS 'Is it in service?';
COMMENT ON COLUMN ships.imo IS 'Number of the International Maritime Organization.';
COMMENT ON COLUMN ships.mmsi IS 'Maritime Mobile Service Identity.';
COMMENT ON COLUMN ships.abs IS 'Number of the American Bureau of Shipping.';
COMMENT ON COLUMN ships.class IS 'Number of its class.';
COMMENT ON COLUMN ships.mass_kg IS 'Mass in kilograms.';
COMMENT ON COLUMN ships.year_built IS 'Year in which it was built.';
COMMENT ON COLUMN ships.home_port IS 'Home port.';
COMMENT ON COLUMN ships.status IS 'What it is doing.';
COMMENT ON COLUMN ships.speed_kn IS 'Speed in knots.';
COMMENT ON COLUMN ships.course_deg IS 'Course in degrees from north.';
COMMENT ON COLUMN ships.latitude_deg IS 'Degrees north.';
COMMENT ON COLUMN ships.longitude_deg IS 'Degrees east.';
COMMENT ON COLUMN ships.last_ais_update IS 'Last position report, as the API says it.';
COMMENT ON COLUMN ships.link_url IS 'Page about it.';
COMMENT ON COLUMN ships.image_url IS 'Photograph.';
COMMENT ON COLUMN ships._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN ships._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN ships._loaded_at IS 'When the row was last changed here.';

CREATE TABLE ship_roles (
  ship_id text NOT NULL,
  position integer NOT NULL,
  role text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (ship_id, position)
);
COMMENT ON TABLE ship_roles IS 'What a ship does.';
COMMENT ON COLUMN ship_roles.ship_id IS 'Ship.';
COMMENT ON COLUMN ship_roles.position IS 'Place in the list of the ship, from 0.';
COMMENT ON COLUMN ship_roles.role IS 'Role.';
COMMENT ON COLUMN ship_roles._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN ship_roles._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN ship_roles._loaded_at IS 'When the row was last changed here.';

CREATE TABLE ship_launches (
  ship_id text NOT NULL,
  position integer NOT NULL,
  launch_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (ship_id, position)
);
CREATE INDEX ship_launches_launch_id ON ship_launches (launch_id);
COMMENT ON TABLE ship_launches IS 'Launches that a ship names.';
COMMENT ON COLUMN ship_launches.ship_id IS 'Ship.';
COMMENT ON COLUMN ship_launches.position IS 'Place in the list of the ship, from 0.';
COMMENT ON COLUMN ship_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN ship_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN ship_launches._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN ship_launches._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE ship_launches, ship_roles, ships;
