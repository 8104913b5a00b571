-- schema: target

-- up
CREATE TABLE crew (
  id text PRIMARY KEY,
  name text,
  status text NOT NULL,
  agency text,
  image_url text,
  wikipedia_url text,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE crew IS 'Crew members.';
COMMENT ON COLUMN crew.id IS 'Id of the crew member in the API.';
COMMENT ON COLUMN crew.name IS 'Name.';
COMMENT ON COLUMN crew.status IS 'active, inactive, retired or unknown.';
COMMENT ON COLUMN crew.agency IS 'Agency.';
COMMENT ON COLUMN crew.image_url IS 'Photograph.';
COMMENT ON COLUMN crew.wikipedia_url IS 'Encyclopedia article.';
COMMENT ON COLUMN crew._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN crew._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN crew._loaded_at IS 'When the row was last changed here.';

CREATE TABLE crew_launches (
  crew_id text NOT NULL,
  position integer NOT NULL,
  launch_id text NOT NULL,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (crew_id, position)
);
CREATE INDEX crew_launches_launch_id ON crew_launches (launch_id);
COMMENT ON TABLE crew_launches IS 'Launches that a crew member names.';
COMMENT ON COLUMN crew_launches.crew_id IS 'Crew member.';
COMMENT ON COLUMN crew_launches.position IS 'Place in the list of the crew, from 0.';
COMMENT ON COLUMN crew_launches.launch_id IS 'Launch.';
COMMENT ON COLUMN crew_launches._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN crew_launches._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN crew_launches._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE crew_launches, crew;
