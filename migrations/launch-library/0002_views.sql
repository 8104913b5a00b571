-- schema: target

-- up
CREATE VIEW launch_history AS
SELECT launch_id,
       last_updated AS valid_from,
       lead(last_updated) OVER (PARTITION BY launch_id ORDER BY last_updated) AS valid_to,
       name, status_id, status_name, status_abbrev, net, net_precision_id, net_precision_name, window_start,
       window_end, probability_pct, weather_concerns, fail_reason, rocket_configuration_id, rocket_name, pad_id,
       pad_name
FROM (
  SELECT *, said IS DISTINCT FROM lag(said) OVER (PARTITION BY launch_id ORDER BY last_updated) AS changed
  FROM (
    SELECT *,
           ROW(name, status_id, status_name, status_abbrev, net, net_precision_id, net_precision_name, window_start,
               window_end, probability_pct, weather_concerns, fail_reason, rocket_configuration_id, rocket_name, pad_id,
               pad_name) AS said
    FROM launch_versions
  ) AS planned
) AS compared
WHERE changed;
COMMENT ON VIEW launch_history IS 'What was planned for a launch, and from when to when. Versions that differ in nothing that is kept are one row.';
COMMENT ON COLUMN launch_history.launch_id IS 'Launch, which may not be there any more.';
COMMENT ON COLUMN launch_history.valid_from IS 'Time at which the librarians made the first version that says so.';
COMMENT ON COLUMN launch_history.valid_to IS 'Time of the first version that says otherwise; null where none does yet.';
COMMENT ON COLUMN launch_history.name IS 'Rocket and mission. It changes, and several launches may share it.';
COMMENT ON COLUMN launch_history.status_id IS 'Status: 1 Go, 2 TBD, 3 Success, 4 Failure, 5 Hold, 6 In Flight, 8 TBC, 9 Payload Deployed; others may come.';
COMMENT ON COLUMN launch_history.status_name IS 'Status in words.';
COMMENT ON COLUMN launch_history.status_abbrev IS 'Status in short, such as Go or TBC.';
COMMENT ON COLUMN launch_history.net IS 'Time of the launch, or the time before which it will not be ("no earlier than"). See net_precision_name.';
COMMENT ON COLUMN launch_history.net_precision_id IS 'Precision of net, from 0 (second); null for some old launches.';
COMMENT ON COLUMN launch_history.net_precision_name IS 'Precision of net, such as Minute, Day or Month. Where it is coarse, net is the end of the period.';
COMMENT ON COLUMN launch_history.window_start IS 'Start of the launch window.';
COMMENT ON COLUMN launch_history.window_end IS 'End of the launch window.';
COMMENT ON COLUMN launch_history.probability_pct IS 'Chance that the weather allows the launch, in percent; null where unknown.';
COMMENT ON COLUMN launch_history.weather_concerns IS 'What could be wrong with the weather.';
COMMENT ON COLUMN launch_history.fail_reason IS 'Why the launch failed.';
COMMENT ON COLUMN launch_history.rocket_configuration_id IS 'Configuration of the rocket in the API.';
COMMENT ON COLUMN launch_history.rocket_name IS 'Full name of the configuration, such as Falcon 9 Block 5.';
COMMENT ON COLUMN launch_history.pad_id IS 'Launch pad in the API.';
COMMENT ON COLUMN launch_history.pad_name IS 'Name of the launch pad.';

CREATE VIEW next_launches AS
SELECT id, name, net, net_precision_name, window_start, window_end, status_id, status_name, probability_pct,
       weather_concerns, provider_name, rocket_name, mission_name, mission_type, orbit_name, pad_name, location_name,
       location_timezone, last_updated
FROM launches
WHERE net > now()
ORDER BY net, id;
COMMENT ON VIEW next_launches IS 'Launches whose time is still to come, the next one first. Where the precision of net is coarse, the launch may come at any time of the period that ends at net.';
COMMENT ON COLUMN next_launches.id IS 'UUID of the launch in the API. It never changes.';
COMMENT ON COLUMN next_launches.name IS 'Rocket and mission. It changes, and several launches may share it.';
COMMENT ON COLUMN next_launches.net IS 'Time of the launch, or the time before which it will not be ("no earlier than"). See net_precision_name.';
COMMENT ON COLUMN next_launches.net_precision_name IS 'Precision of net, such as Minute, Day or Month. Where it is coarse, net is the end of the period.';
COMMENT ON COLUMN next_launches.window_start IS 'Start of the launch window.';
COMMENT ON COLUMN next_launches.window_end IS 'End of the launch window.';
COMMENT ON COLUMN next_launches.status_id IS 'Status: 1 Go, 2 TBD, 3 Success, 4 Failure, 5 Hold, 6 In Flight, 8 TBC, 9 Payload Deployed; others may come.';
COMMENT ON COLUMN next_launches.status_name IS 'Status in words.';
COMMENT ON COLUMN next_launches.probability_pct IS 'Chance that the weather allows the launch, in percent; null where unknown.';
COMMENT ON COLUMN next_launches.weather_concerns IS 'What could be wrong with the weather.';
COMMENT ON COLUMN next_launches.provider_name IS 'Name of the agency that launches.';
COMMENT ON COLUMN next_launches.rocket_name IS 'Full name of the configuration, such as Falcon 9 Block 5.';
COMMENT ON COLUMN next_launches.mission_name IS 'Name of the mission.';
COMMENT ON COLUMN next_launches.mission_type IS 'Purpose of the mission, such as Communications.';
COMMENT ON COLUMN next_launches.orbit_name IS 'Orbit that the mission goes to.';
COMMENT ON COLUMN next_launches.pad_name IS 'Name of the launch pad.';
COMMENT ON COLUMN next_launches.location_name IS 'Name of the launch site.';
COMMENT ON COLUMN next_launches.location_timezone IS 'Time zone of the launch site, such as America/New_York.';
COMMENT ON COLUMN next_launches.last_updated IS 'Time at which the launch itself was last edited. What is said about its pad or provider changes without it.';

-- down
DROP VIEW next_launches, launch_history;
