-- schema: target

-- up
CREATE VIEW launch_times AS
SELECT l.id AS launch_id,
       l.name,
       l.upcoming,
       l.launch_date_utc,
       l.launch_date_local AT TIME ZONE 'UTC' + l.launch_utc_offset_minutes * interval '1 minute' AS local_time,
       l.launch_utc_offset_minutes AS utc_offset_minutes,
       p.timezone
FROM launches l
LEFT JOIN launchpads p ON p.id = l.launchpad_id;
COMMENT ON VIEW launch_times IS 'When each launch was or will be, in UTC and on the clocks of its launch site.';
COMMENT ON COLUMN launch_times.launch_id IS 'Launch.';
COMMENT ON COLUMN launch_times.name IS 'Name of the mission.';
COMMENT ON COLUMN launch_times.upcoming IS 'Whether it is still to come.';
COMMENT ON COLUMN launch_times.launch_date_utc IS 'Time of the launch.';
COMMENT ON COLUMN launch_times.local_time IS 'What the clocks at the launch site show then.';
COMMENT ON COLUMN launch_times.utc_offset_minutes IS 'Minutes by which local time is ahead of UTC.';
COMMENT ON COLUMN launch_times.timezone IS 'Time zone of the launch site.';
COMMENT ON COLUMN launches.launch_date_local IS 'The same instant as launch_date_utc, as the API gives it for the launch site. The view launch_times has the local time.';

-- down
DROP VIEW launch_times;
