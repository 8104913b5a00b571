-- schema: target

-- up
CREATE VIEW launch_cadence AS
SELECT date_trunc('month', launch_date_utc AT TIME ZONE 'UTC')::date AS month,
       rocket_id,
       rocket_name,
       count(*) AS launches,
       count(*) FILTER (WHERE success) AS succeeded,
       count(*) FILTER (WHERE NOT success) AS failed
FROM launches
WHERE NOT upcoming
GROUP BY 1, 2, 3;
COMMENT ON VIEW launch_cadence IS 'Past launches by month and rocket. A month without a launch has no row.';
COMMENT ON COLUMN launch_cadence.month IS 'First day of the month, in UTC.';
COMMENT ON COLUMN launch_cadence.rocket_id IS 'Rocket.';
COMMENT ON COLUMN launch_cadence.rocket_name IS 'Name of the rocket.';
COMMENT ON COLUMN launch_cadence.launches IS 'Number of launches.';
COMMENT ON COLUMN launch_cadence.succeeded IS 'How many of these succeeded.';
COMMENT ON COLUMN launch_cadence.failed IS 'How many of these failed; the outcome of the rest is unknown.';

CREATE VIEW launch_success AS
SELECT rocket_id,
       rocket_name,
       count(*) AS launches,
       count(*) FILTER (WHERE success) AS succeeded,
       count(*) FILTER (WHERE NOT success) AS failed,
       count(*) FILTER (WHERE success IS NULL) AS unknown,
       round(100.0 * count(*) FILTER (WHERE success) / nullif(count(success), 0), 1)::double precision AS success_rate_pct,
       min(launch_date_utc) AS first_launch_utc,
       max(launch_date_utc) AS last_launch_utc
FROM launches
WHERE NOT upcoming
GROUP BY 1, 2;
COMMENT ON VIEW launch_success IS 'How often each rocket succeeded, over all past launches.';
COMMENT ON COLUMN launch_success.rocket_id IS 'Rocket.';
COMMENT ON COLUMN launch_success.rocket_name IS 'Name of the rocket.';
COMMENT ON COLUMN launch_success.launches IS 'Number of past launches.';
COMMENT ON COLUMN launch_success.succeeded IS 'How many succeeded.';
COMMENT ON COLUMN launch_success.failed IS 'How many failed.';
COMMENT ON COLUMN launch_success.unknown IS 'Number with an unknown outcome.';
COMMENT ON COLUMN launch_success.success_rate_pct IS 'Share that succeeded among those with a known outcome, in percent.';
COMMENT ON COLUMN launch_success.first_launch_utc IS 'Time of the first launch.';
COMMENT ON COLUMN launch_success.last_launch_utc IS 'Time of the last past launch.';

CREATE VIEW booster_flights AS
SELECT lc.core_id,
       c.serial AS core_serial,
       c.block,
       lc.launch_id,
       l.name AS launch_name,
       l.launch_date_utc,
       lc.flight,
       row_number() OVER flights AS nth_flight,
       round(extract(epoch FROM l.launch_date_utc - lag(l.launch_date_utc) OVER flights) / 86400, 2)::double precision AS turnaround_days,
       lc.landing_attempt,
       lc.landing_success,
       lc.landing_type,
       p.name AS landpad_name
FROM launch_cores lc
JOIN launches l ON l.id = lc.launch_id
LEFT JOIN cores c ON c.id = lc.core_id
LEFT JOIN landpads p ON p.id = lc.landpad_id
WHERE NOT l.upcoming AND lc.core_id IS NOT NULL
WINDOW flights AS (PARTITION BY lc.core_id ORDER BY l.launch_date_utc, lc.launch_id);
COMMENT ON VIEW booster_flights IS 'Past flights of each first stage (core), with the days since its previous flight.';
COMMENT ON COLUMN booster_flights.core_id IS 'Core.';
COMMENT ON COLUMN booster_flights.core_serial IS 'Serial of the core.';
COMMENT ON COLUMN booster_flights.block IS 'Block (version) of the core.';
COMMENT ON COLUMN booster_flights.launch_id IS 'Launch.';
COMMENT ON COLUMN booster_flights.launch_name IS 'Name of the mission.';
COMMENT ON COLUMN booster_flights.launch_date_utc IS 'Time of the launch.';
COMMENT ON COLUMN booster_flights.flight IS 'Number of the flight of the core, as the API gives it.';
COMMENT ON COLUMN booster_flights.nth_flight IS 'Number of the flight of the core, counted by time, from 1.';
COMMENT ON COLUMN booster_flights.turnaround_days IS 'Days since the previous flight of the core; null for its first.';
COMMENT ON COLUMN booster_flights.landing_attempt IS 'Whether it tried to land.';
COMMENT ON COLUMN booster_flights.landing_success IS 'Whether it landed.';
COMMENT ON COLUMN booster_flights.landing_type IS 'Ocean, ASDS (drone ship) or RTLS (return to launch site).';
COMMENT ON COLUMN booster_flights.landpad_name IS 'Landing pad or drone ship.';

CREATE VIEW booster_reuse AS
SELECT core_id,
       core_serial,
       block,
       count(*) AS flights,
       count(*) FILTER (WHERE landing_attempt) AS landing_attempts,
       count(*) FILTER (WHERE landing_success) AS landings,
       min(launch_date_utc) AS first_flight_utc,
       max(launch_date_utc) AS last_flight_utc,
       min(turnaround_days) AS fastest_turnaround_days,
       round(avg(turnaround_days::numeric), 2)::double precision AS mean_turnaround_days
FROM booster_flights
GROUP BY 1, 2, 3;
COMMENT ON VIEW booster_reuse IS 'How often each first stage (core) flew and landed, and how soon it flew again. A core that never flew has no row.';
COMMENT ON COLUMN booster_reuse.core_id IS 'Core.';
COMMENT ON COLUMN booster_reuse.core_serial IS 'Serial of the core.';
COMMENT ON COLUMN booster_reuse.block IS 'Block (version) of the core.';
COMMENT ON COLUMN booster_reuse.flights IS 'Number of past flights.';
COMMENT ON COLUMN booster_reuse.landing_attempts IS 'Number of landing attempts.';
COMMENT ON COLUMN booster_reuse.landings IS 'How many of these succeeded.';
COMMENT ON COLUMN booster_reuse.first_flight_utc IS 'Time of its first flight.';
COMMENT ON COLUMN booster_reuse.last_flight_utc IS 'Time of its last past flight.';
COMMENT ON COLUMN booster_reuse.fastest_turnaround_days IS 'Fewest days between two of its flights.';
COMMENT ON COLUMN booster_reuse.mean_turnaround_days IS 'Mean number of days between its flights.';

CREATE VIEW landing_success AS
SELECT lc.landing_type,
       lc.landpad_id,
       p.name AS landpad_name,
       count(*) AS attempts,
       count(*) FILTER (WHERE lc.landing_success) AS succeeded,
       count(*) FILTER (WHERE NOT lc.landing_success) AS failed,
       count(*) FILTER (WHERE lc.landing_success IS NULL) AS unknown,
       round(100.0 * count(*) FILTER (WHERE lc.landing_success) / nullif(count(lc.landing_success), 0), 1)::double precision AS success_rate_pct
FROM launch_cores lc
JOIN launches l ON l.id = lc.launch_id
LEFT JOIN landpads p ON p.id = lc.landpad_id
WHERE NOT l.upcoming AND lc.landing_attempt
GROUP BY 1, 2, 3;
COMMENT ON VIEW landing_success IS 'How often cores that tried to land did so, by kind of landing and pad, over all past launches.';
COMMENT ON COLUMN landing_success.landing_type IS 'Ocean, ASDS (drone ship) or RTLS (return to launch site).';
COMMENT ON COLUMN landing_success.landpad_id IS 'Landing pad or drone ship; null in the open sea.';
COMMENT ON COLUMN landing_success.landpad_name IS 'Short name of the pad.';
COMMENT ON COLUMN landing_success.attempts IS 'Number of landing attempts.';
COMMENT ON COLUMN landing_success.succeeded IS 'How many of these succeeded.';
COMMENT ON COLUMN landing_success.failed IS 'How many of these failed.';
COMMENT ON COLUMN landing_success.unknown IS 'Number with an unknown outcome.';
COMMENT ON COLUMN landing_success.success_rate_pct IS 'Share that landed among those with a known outcome, in percent.';

CREATE VIEW payload_flights AS
SELECT DISTINCT ON (lp.payload_id)
       lp.payload_id,
       p.name AS payload_name,
       p.type,
       p.orbit,
       p.mass_kg,
       lp.launch_id,
       l.name AS launch_name,
       l.launch_date_utc,
       l.success
FROM launch_payloads lp
JOIN launches l ON l.id = lp.launch_id
JOIN payloads p ON p.id = lp.payload_id
WHERE NOT l.upcoming
ORDER BY lp.payload_id, p.launch_id = lp.launch_id DESC, l.launch_date_utc, lp.launch_id;
COMMENT ON VIEW payload_flights IS 'Each launched payload once, with its launch: if several launches list it, the one that it names.';
COMMENT ON COLUMN payload_flights.payload_id IS 'Payload.';
COMMENT ON COLUMN payload_flights.payload_name IS 'Name of the payload.';
COMMENT ON COLUMN payload_flights.type IS 'What it is, such as Satellite, Dragon 1.0 or Crew Dragon.';
COMMENT ON COLUMN payload_flights.orbit IS 'Kind of orbit, such as LEO, GTO or SSO.';
COMMENT ON COLUMN payload_flights.mass_kg IS 'Mass in kilograms.';
COMMENT ON COLUMN payload_flights.launch_id IS 'Launch.';
COMMENT ON COLUMN payload_flights.launch_name IS 'Name of the mission.';
COMMENT ON COLUMN payload_flights.launch_date_utc IS 'Time of the launch.';
COMMENT ON COLUMN payload_flights.success IS 'Whether the launch succeeded.';

CREATE VIEW payload_mass_by_orbit AS
SELECT orbit,
       count(*) AS payloads,
       count(mass_kg) AS weighed,
       sum(mass_kg::numeric)::double precision AS mass_kg,
       max(mass_kg) AS heaviest_kg
FROM payload_flights
GROUP BY 1;
COMMENT ON VIEW payload_mass_by_orbit IS 'Mass of the launched payloads by orbit, whether or not the launch succeeded.';
COMMENT ON COLUMN payload_mass_by_orbit.orbit IS 'Kind of orbit, such as LEO, GTO or SSO.';
COMMENT ON COLUMN payload_mass_by_orbit.payloads IS 'Number of payloads.';
COMMENT ON COLUMN payload_mass_by_orbit.weighed IS 'Number of payloads whose mass is known.';
COMMENT ON COLUMN payload_mass_by_orbit.mass_kg IS 'Their total mass, in kilograms.';
COMMENT ON COLUMN payload_mass_by_orbit.heaviest_kg IS 'Mass of the heaviest, in kilograms.';

CREATE VIEW payload_mass_by_customer AS
SELECT c.customer,
       count(*) AS payloads,
       count(f.mass_kg) AS weighed,
       sum(f.mass_kg::numeric)::double precision AS mass_kg,
       max(f.mass_kg) AS heaviest_kg
FROM payload_flights f
JOIN (SELECT DISTINCT payload_id, customer FROM payload_customers) c USING (payload_id)
GROUP BY 1;
COMMENT ON VIEW payload_mass_by_customer IS 'Mass of the launched payloads by customer, whether or not the launch succeeded. A payload of several customers counts in full for each.';
COMMENT ON COLUMN payload_mass_by_customer.customer IS 'Customer.';
COMMENT ON COLUMN payload_mass_by_customer.payloads IS 'Number of payloads.';
COMMENT ON COLUMN payload_mass_by_customer.weighed IS 'Number of payloads whose mass is known.';
COMMENT ON COLUMN payload_mass_by_customer.mass_kg IS 'Their total mass, in kilograms.';
COMMENT ON COLUMN payload_mass_by_customer.heaviest_kg IS 'Mass of the heaviest, in kilograms.';

CREATE VIEW static_fires AS
SELECT id AS launch_id,
       name AS launch_name,
       rocket_name,
       static_fire_date_utc,
       launch_date_utc,
       round(extract(epoch FROM launch_date_utc - static_fire_date_utc) / 86400, 2)::double precision AS days_to_launch,
       upcoming
FROM launches
WHERE static_fire_date_utc IS NOT NULL;
COMMENT ON VIEW static_fires IS 'Static fires before launches, and the days between the two.';
COMMENT ON COLUMN static_fires.launch_id IS 'Launch.';
COMMENT ON COLUMN static_fires.launch_name IS 'Name of the mission.';
COMMENT ON COLUMN static_fires.rocket_name IS 'Name of the rocket.';
COMMENT ON COLUMN static_fires.static_fire_date_utc IS 'Time of the static fire.';
COMMENT ON COLUMN static_fires.launch_date_utc IS 'Time of the launch.';
COMMENT ON COLUMN static_fires.days_to_launch IS 'Days from the static fire to the launch; negative where the dates contradict each other.';
COMMENT ON COLUMN static_fires.upcoming IS 'Whether the launch has yet to happen.';

CREATE VIEW crew_flights AS
SELECT lc.crew_id,
       c.name AS crew_name,
       c.agency,
       lc.role,
       lc.launch_id,
       l.name AS launch_name,
       l.launch_date_utc,
       l.success,
       l.upcoming
FROM launch_crew lc
JOIN launches l ON l.id = lc.launch_id
LEFT JOIN crew c ON c.id = lc.crew_id;
COMMENT ON VIEW crew_flights IS 'Who flies on which launch, and in which role.';
COMMENT ON COLUMN crew_flights.crew_id IS 'Crew member.';
COMMENT ON COLUMN crew_flights.crew_name IS 'Name of the crew member; null where the crew member is missing.';
COMMENT ON COLUMN crew_flights.agency IS 'Agency of the crew member.';
COMMENT ON COLUMN crew_flights.role IS 'What the crew member does on this flight.';
COMMENT ON COLUMN crew_flights.launch_id IS 'Launch.';
COMMENT ON COLUMN crew_flights.launch_name IS 'Name of the mission.';
COMMENT ON COLUMN crew_flights.launch_date_utc IS 'Time of the launch.';
COMMENT ON COLUMN crew_flights.success IS 'Whether the launch succeeded.';
COMMENT ON COLUMN crew_flights.upcoming IS 'Whether the launch has yet to happen.';

CREATE VIEW ship_recoveries AS
WITH worked AS (
  SELECT DISTINCT ship_id, launch_id, false AS fairing FROM launch_ships
  UNION ALL
  SELECT DISTINCT ship_id, launch_id, true FROM launch_fairing_ships
)
SELECT w.ship_id,
       s.name AS ship_name,
       s.type,
       s.home_port,
       s.active,
       count(DISTINCT w.launch_id) AS launches,
       count(*) FILTER (WHERE w.fairing) AS fairing_launches,
       count(*) FILTER (WHERE w.fairing AND l.fairings_recovered) AS fairing_recoveries,
       min(l.launch_date_utc) AS first_launch_utc,
       max(l.launch_date_utc) AS last_launch_utc
FROM worked w
JOIN launches l ON l.id = w.launch_id
LEFT JOIN ships s ON s.id = w.ship_id
WHERE NOT l.upcoming
GROUP BY w.ship_id, s.id;
COMMENT ON VIEW ship_recoveries IS 'Past launches that each ship supported, and how often fairings were recovered.';
COMMENT ON COLUMN ship_recoveries.ship_id IS 'Ship.';
COMMENT ON COLUMN ship_recoveries.ship_name IS 'Name of the ship.';
COMMENT ON COLUMN ship_recoveries.type IS 'Kind of ship.';
COMMENT ON COLUMN ship_recoveries.home_port IS 'Home port.';
COMMENT ON COLUMN ship_recoveries.active IS 'Whether it is in service.';
COMMENT ON COLUMN ship_recoveries.launches IS 'Number of launches that it supported.';
COMMENT ON COLUMN ship_recoveries.fairing_launches IS 'For how many of these it was to recover the fairing.';
COMMENT ON COLUMN ship_recoveries.fairing_recoveries IS 'After how many of these the fairing was recovered.';
COMMENT ON COLUMN ship_recoveries.first_launch_utc IS 'Time of the first launch that it supported.';
COMMENT ON COLUMN ship_recoveries.last_launch_utc IS 'Time of the last past launch that it supported.';

CREATE VIEW starlink_shells AS
SELECT round(inclination_deg::numeric)::integer AS inclination_deg,
       (round((apoapsis_km + periapsis_km)::numeric / 20) * 10)::integer AS altitude_km,
       count(*) AS satellites,
       count(DISTINCT launch_id) AS launches,
       round(avg(period_min::numeric), 2)::double precision AS mean_period_min,
       min(launch_date) AS first_launch_date,
       max(launch_date) AS last_launch_date
FROM starlink
WHERE decayed IS DISTINCT FROM 1 AND inclination_deg IS NOT NULL AND apoapsis_km + periapsis_km IS NOT NULL
GROUP BY 1, 2;
COMMENT ON VIEW starlink_shells IS 'Starlink satellites in orbit by inclination, to the degree, and mean altitude, to 10 km. Those on their way up or down are in shells of their own.';
COMMENT ON COLUMN starlink_shells.inclination_deg IS 'Inclination in degrees.';
COMMENT ON COLUMN starlink_shells.altitude_km IS 'Mean of the highest and the lowest altitude, in kilometres.';
COMMENT ON COLUMN starlink_shells.satellites IS 'Number of satellites.';
COMMENT ON COLUMN starlink_shells.launches IS 'Number of launches that carried them.';
COMMENT ON COLUMN starlink_shells.mean_period_min IS 'Mean orbital period, in minutes.';
COMMENT ON COLUMN starlink_shells.first_launch_date IS 'Day of the first of these launches.';
COMMENT ON COLUMN starlink_shells.last_launch_date IS 'Day of the last of these launches.';

-- down
DROP VIEW starlink_shells, ship_recoveries, crew_flights, static_fires, payload_mass_by_customer,
  payload_mass_by_orbit, payload_flights, landing_success, booster_reuse, booster_flights, launch_success, launch_cadence;
