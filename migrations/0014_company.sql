-- schema: target

-- up
CREATE TABLE company (
  id text PRIMARY KEY,
  name text,
  founder text,
  founded_year integer,
  employees integer,
  vehicles integer,
  launch_sites integer,
  test_sites integer,
  ceo text,
  cto text,
  coo text,
  cto_propulsion text,
  valuation_usd bigint,
  headquarters_address text,
  headquarters_city text,
  headquarters_state text,
  website_url text,
  flickr_url text,
  twitter_url text,
  elon_twitter_url text,
  summary text,
  _run_id text NOT NULL,
  _first_run_id text NOT NULL,
  _loaded_at timestamptz NOT NULL
);
COMMENT ON TABLE company IS 'The company: one row.';
COMMENT ON COLUMN company.id IS 'Id of the company in the API.';
COMMENT ON COLUMN company.name IS 'Name.';
COMMENT ON COLUMN company.founder IS 'Founder.';
COMMENT ON COLUMN company.founded_year IS 'Year of the foundation.';
COMMENT ON COLUMN company.employees IS 'People that work there.';
COMMENT ON COLUMN company.vehicles IS 'Kinds of vehicle.';
COMMENT ON COLUMN company.launch_sites IS 'Launch sites.';
COMMENT ON COLUMN company.test_sites IS 'Test sites.';
COMMENT ON COLUMN company.ceo IS 'Chief executive officer.';
COMMENT ON COLUMN company.cto IS 'Chief technology officer.';
COMMENT ON COLUMN company.coo IS 'Chief operating officer.';
COMMENT ON COLUMN company.cto_propulsion IS 'Chief technology officer of propulsion.';
COMMENT ON COLUMN company.valuation_usd IS 'Value of the company, in US dollars.';
COMMENT ON COLUMN company.headquarters_address IS 'Street of the headquarters.';
COMMENT ON COLUMN company.headquarters_city IS 'City of the headquarters.';
COMMENT ON COLUMN company.headquarters_state IS 'State of the headquarters.';
COMMENT ON COLUMN company.website_url IS 'Web site.';
COMMENT ON COLUMN company.flickr_url IS 'Photographs.';
COMMENT ON COLUMN company.twitter_url IS 'Account of the company.';
COMMENT ON COLUMN company.elon_twitter_url IS 'Account of its founder.';
COMMENT ON COLUMN company.summary IS 'What it is, in prose.';
COMMENT ON COLUMN company._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN company._first_run_id IS 'Run that first brought the row.';
COMMENT ON COLUMN company._loaded_at IS 'When the row was last changed here.';

-- down
DROP TABLE company;
