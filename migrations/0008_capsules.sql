-- schema: target

-- up
CREATE TABLE capsules (
  id text PRIMARY KEY,
  serial text NOT NULL,
  status text NOT NULL,
  type text NOT NULL,
  dragon_id text,
  reuse_count integer NOT NULL,
  water_landings integer NOT NULL,
  land_landings integer NOT NULL,
  last_update text,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
CREATE INDEX capsules_dragon_id ON capsules (dragon_id);
COMMENT ON TABLE capsules IS 'Dragon capsules.';
COMMENT ON COLUMN capsules.id IS 'Id of the capsule in the API.';
COMMENT ON COLUMN capsules.serial IS 'Serial number, C201 for example.';
COMMENT ON COLUMN capsules.status IS 'unknown, active, retired or destroyed.';
COMMENT ON COLUMN capsules.type IS 'Dragon 1.0, Dragon 1.1 or Dragon 2.0.';
COMMENT ON COLUMN capsules.dragon_id IS 'Kind of Dragon.';
COMMENT ON COLUMN capsules.reuse_count IS 'Flights after the first, as the API counts them.';
COMMENT ON COLUMN capsules.water_landings IS 'Landings on water, as the API counts them.';
COMMENT ON COLUMN capsules.land_landings IS 'Landings on land, as the API counts them.';
COMMENT ON COLUMN capsules.last_update IS 'Last news of it, in prose.';
COMMENT ON COLUMN capsules._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN capsules._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN capsules._loaded_at IS 'When the row was last changed here.';

CREATE TABLE capsule_launches (
  capsule_id text NOT NULL,
  position integer NOT NULL,
  launch_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (capsule_id, position)
);
CREATE INDEX capsule_launches_launch_id ON capsule_launches (launch_id);
COMMENT ON TABLE capsule_launches IS 'Launches that a capsule names.';
COMMENT ON COLUMN capsule_launches.capsule_id IS 'Capsule.';
COMMENT ON COLUMN capsule_launches.position IS 'Place in the list of the capsule, from 0.';
COMMENT ON COLUMN capsule_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN capsule_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN capsule_launches._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN capsule_launches._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE capsule_launches, capsules;
