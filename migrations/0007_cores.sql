-- schema: target

-- up
CREATE TABLE cores (
  id text PRIMARY KEY,
  serial text NOT NULL,
  block integer,
  status text NOT NULL,
  reuse_count integer NOT NULL,
  rtls_attempts integer NOT NULL,
  rtls_landings integer NOT NULL,
  asds_attempts integer NOT NULL,
  asds_landings integer NOT NULL,
  last_update text,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE cores IS 'First stages (cores).';
COMMENT ON COLUMN cores.id IS 'Id of the core in the API.';
COMMENT ON COLUMN cores.serial IS 'Serial number, B1049 for example.';
COMMENT ON COLUMN cores.block IS 'Version of the booster.';
COMMENT ON COLUMN cores.status IS 'active, inactive, unknown, expended, lost or retired.';
COMMENT ON COLUMN cores.reuse_count IS 'Flights after the first, as the API counts them.';
COMMENT ON COLUMN cores.rtls_attempts IS 'Landings tried near the launch site, as the API counts them.';
COMMENT ON COLUMN cores.rtls_landings IS 'Landings near the launch site, as the API counts them.';
COMMENT ON COLUMN cores.asds_attempts IS 'Landings tried on a drone ship, as the API counts them.';
COMMENT ON COLUMN cores.asds_landings IS 'Landings on a drone ship, as the API counts them.';
COMMENT ON COLUMN cores.last_update IS 'Last news of it, in prose.';
COMMENT ON COLUMN cores._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN cores._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN cores._loaded_at IS 'When the row was last changed here.';

CREATE TABLE core_launches (
  core_id text NOT NULL,
  position integer NOT NULL,
  launch_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (core_id, position)
);
CREATE INDEX core_launches_launch_id ON core_launches (launch_id);
COMMENT ON TABLE core_launches IS 'Launches that a core names.';
COMMENT ON COLUMN core_launches.core_id IS 'Core.';
COMMENT ON COLUMN core_launches.position IS 'Place in the list of the core, from 0.';
COMMENT ON COLUMN core_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN core_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN core_launches._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN core_launches._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE core_launches, cores;
