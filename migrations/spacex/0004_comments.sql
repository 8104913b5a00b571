-- schema: target

-- up
COMMENT ON COLUMN rockets.type IS 'Vehicle type.';
COMMENT ON COLUMN rockets.active IS 'Whether it is still in use.';
COMMENT ON COLUMN rockets.cost_per_launch_usd IS 'Cost of a launch, in US dollars.';
COMMENT ON COLUMN rockets.success_rate_pct IS 'Percentage of launches that succeeded, as given by the API.';
COMMENT ON COLUMN rockets.first_flight_date IS 'Date of the first flight.';
COMMENT ON COLUMN rockets.height_m IS 'Height in meters.';
COMMENT ON COLUMN rockets.diameter_m IS 'Diameter in meters.';
COMMENT ON COLUMN rockets.first_stage_reusable IS 'Whether the first stage is reusable.';
COMMENT ON COLUMN rockets.first_stage_engines IS 'Number of engines in the first stage.';
COMMENT ON COLUMN rockets.second_stage_reusable IS 'Whether the second stage is reusable.';
COMMENT ON COLUMN rockets.second_stage_engines IS 'Number of engines in the second stage.';
COMMENT ON COLUMN rockets.second_stage_payload_option IS 'Payload option of the second stage.';
COMMENT ON COLUMN rockets.fairing_height_m IS 'Height of the composite fairing, in meters.';
COMMENT ON COLUMN rockets.fairing_diameter_m IS 'Diameter of the composite fairing, in meters.';
COMMENT ON COLUMN rockets.engine_type IS 'Engine type.';
COMMENT ON COLUMN rockets.engine_version IS 'Engine version; empty if it has none.';
COMMENT ON COLUMN rockets.engine_loss_max IS 'Number of engines that can fail without loss of the mission.';
COMMENT ON COLUMN rockets.engine_thrust_to_weight IS 'Thrust-to-weight ratio of an engine.';
COMMENT ON COLUMN rockets.description IS 'Description.';
COMMENT ON COLUMN rockets.transformed_at_utc IS 'Start time of the run that produced the row.';
COMMENT ON COLUMN rockets.transformed_at_date IS 'UTC date of transformed_at_utc.';
COMMENT ON COLUMN rockets._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN rocket_payload_weights.position IS 'Position in the rocket''s list, starting at 0.';
COMMENT ON COLUMN rocket_payload_weights._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN rocket_images.position IS 'Position in the rocket''s list, starting at 0.';
COMMENT ON COLUMN rocket_images.url IS 'URL of the image.';
COMMENT ON COLUMN rocket_images._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN launchpads.locality IS 'Town or locality.';
COMMENT ON COLUMN launchpads.timezone IS 'Time zone name in the IANA database.';
COMMENT ON COLUMN launchpads.launch_attempts IS 'Number of launches, according to the API.';
COMMENT ON COLUMN launchpads.launch_successes IS 'Number of successful launches, according to the API.';
COMMENT ON COLUMN launchpads.details IS 'Description.';
COMMENT ON COLUMN launchpads._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN launchpad_rockets.position IS 'Position in the launch site''s list, starting at 0.';
COMMENT ON COLUMN launchpad_rockets._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE launchpad_launches IS 'Launches listed in a launch site''s record.';
COMMENT ON COLUMN launchpad_launches.position IS 'Position in the launch site''s list, starting at 0.';
COMMENT ON COLUMN launchpad_launches._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN launchpad_images.position IS 'Position in the launch site''s list, starting at 0.';
COMMENT ON COLUMN launchpad_images.url IS 'URL of the image.';
COMMENT ON COLUMN launchpad_images._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN landpads.locality IS 'Town or locality.';
COMMENT ON COLUMN landpads.landing_attempts IS 'Number of landing attempts, according to the API.';
COMMENT ON COLUMN landpads.landing_successes IS 'Number of successful landings, according to the API.';
COMMENT ON COLUMN landpads.details IS 'Description.';
COMMENT ON COLUMN landpads._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE landpad_launches IS 'Launches listed in a landing pad''s record.';
COMMENT ON COLUMN landpad_launches.position IS 'Position in the landing pad''s list, starting at 0.';
COMMENT ON COLUMN landpad_launches._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN landpad_images.position IS 'Position in the landing pad''s list, starting at 0.';
COMMENT ON COLUMN landpad_images.url IS 'URL of the image.';
COMMENT ON COLUMN landpad_images._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN payloads.type IS 'Payload type, such as Satellite, Dragon 1.0 or Crew Dragon.';
COMMENT ON COLUMN payloads.launch_id IS 'Launch, according to the payload''s record.';
COMMENT ON COLUMN payloads.orbit IS 'Orbit type, such as LEO, GTO or SSO.';
COMMENT ON COLUMN payloads.regime IS 'Orbital regime.';
COMMENT ON COLUMN payloads.semi_major_axis_km IS 'Semi-major axis in kilometers.';
COMMENT ON COLUMN payloads.periapsis_km IS 'Lowest altitude, in kilometers.';
COMMENT ON COLUMN payloads.apoapsis_km IS 'Highest altitude, in kilometers.';
COMMENT ON COLUMN payloads.epoch IS 'Time at which the orbital elements apply.';
COMMENT ON COLUMN payloads.arg_of_pericenter_deg IS 'Argument of pericenter, in degrees.';
COMMENT ON COLUMN payloads.dragon_capsule_id IS 'Capsule that carried the payload.';
COMMENT ON COLUMN payloads.dragon_manifest_url IS 'Cargo manifest of the capsule.';
COMMENT ON COLUMN payloads._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN payload_customers.position IS 'Position in the payload''s list, starting at 0.';
COMMENT ON COLUMN payload_customers._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE payload_norad_ids IS 'Catalog numbers of a payload''s objects in orbit.';
COMMENT ON COLUMN payload_norad_ids.position IS 'Position in the payload''s list, starting at 0.';
COMMENT ON COLUMN payload_norad_ids.norad_id IS 'NORAD catalog number.';
COMMENT ON COLUMN payload_norad_ids._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN payload_nationalities.position IS 'Position in the payload''s list, starting at 0.';
COMMENT ON COLUMN payload_nationalities._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN payload_manufacturers.position IS 'Position in the payload''s list, starting at 0.';
COMMENT ON COLUMN payload_manufacturers._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN cores.serial IS 'Serial number, such as B1049.';
COMMENT ON COLUMN cores.reuse_count IS 'Number of flights after the first, according to the API.';
COMMENT ON COLUMN cores.rtls_attempts IS 'Number of landing attempts near the launch site, according to the API.';
COMMENT ON COLUMN cores.rtls_landings IS 'Number of landings near the launch site, according to the API.';
COMMENT ON COLUMN cores.asds_attempts IS 'Number of landing attempts on a drone ship, according to the API.';
COMMENT ON COLUMN cores.asds_landings IS 'Number of landings on a drone ship, according to the API.';
COMMENT ON COLUMN cores.last_update IS 'Latest update, as free text.';
COMMENT ON COLUMN cores._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE core_launches IS 'Launches listed in a core''s record.';
COMMENT ON COLUMN core_launches.position IS 'Position in the core''s list, starting at 0.';
COMMENT ON COLUMN core_launches._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN capsules.serial IS 'Serial number, such as C201.';
COMMENT ON COLUMN capsules.dragon_id IS 'Dragon model.';
COMMENT ON COLUMN capsules.reuse_count IS 'Number of flights after the first, according to the API.';
COMMENT ON COLUMN capsules.water_landings IS 'Number of landings on water, according to the API.';
COMMENT ON COLUMN capsules.land_landings IS 'Number of landings on land, according to the API.';
COMMENT ON COLUMN capsules.last_update IS 'Latest update, as free text.';
COMMENT ON COLUMN capsules._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE capsule_launches IS 'Launches listed in a capsule''s record.';
COMMENT ON COLUMN capsule_launches.position IS 'Position in the capsule''s list, starting at 0.';
COMMENT ON COLUMN capsule_launches._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN ships.type IS 'Ship type.';
COMMENT ON COLUMN ships.imo IS 'International Maritime Organization (IMO) number.';
COMMENT ON COLUMN ships.mmsi IS 'Maritime Mobile Service Identity (MMSI).';
COMMENT ON COLUMN ships.abs IS 'American Bureau of Shipping (ABS) number.';
COMMENT ON COLUMN ships.year_built IS 'Year it was built.';
COMMENT ON COLUMN ships.course_deg IS 'Course, in degrees from north.';
COMMENT ON COLUMN ships.last_ais_update IS 'Last position report, as given by the API.';
COMMENT ON COLUMN ships.link_url IS 'Web page about the ship.';
COMMENT ON COLUMN ships._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE ship_roles IS 'Roles of a ship.';
COMMENT ON COLUMN ship_roles.position IS 'Position in the ship''s list, starting at 0.';
COMMENT ON COLUMN ship_roles._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE ship_launches IS 'Launches listed in a ship''s record.';
COMMENT ON COLUMN ship_launches.position IS 'Position in the ship''s list, starting at 0.';
COMMENT ON COLUMN ship_launches._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN crew._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE crew_launches IS 'Launches listed in a crew member''s record.';
COMMENT ON COLUMN crew_launches.position IS 'Position in the crew member''s list, starting at 0.';
COMMENT ON COLUMN crew_launches._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE dragons IS 'Dragon spacecraft models.';
COMMENT ON COLUMN dragons.id IS 'Id of the Dragon model in the API.';
COMMENT ON COLUMN dragons.type IS 'Spacecraft type.';
COMMENT ON COLUMN dragons.active IS 'Whether it is still in use.';
COMMENT ON COLUMN dragons.crew_capacity IS 'Number of people it can carry.';
COMMENT ON COLUMN dragons.sidewall_angle_deg IS 'Side wall angle, in degrees.';
COMMENT ON COLUMN dragons.orbit_duration_years IS 'How long it can stay in orbit, in years.';
COMMENT ON COLUMN dragons.first_flight_date IS 'Date of the first flight.';
COMMENT ON COLUMN dragons.heat_shield_size_m IS 'Size of the heat shield, in meters.';
COMMENT ON COLUMN dragons.heat_shield_temp_degrees IS 'Temperature that the heat shield withstands, in degrees; the API does not specify the scale.';
COMMENT ON COLUMN dragons.launch_payload_volume_m3 IS 'Volume it can carry to orbit, in cubic meters.';
COMMENT ON COLUMN dragons.return_payload_volume_m3 IS 'Volume it can return to Earth, in cubic meters.';
COMMENT ON COLUMN dragons.pressurized_volume_m3 IS 'Pressurized volume, in cubic meters.';
COMMENT ON COLUMN dragons.trunk_volume_m3 IS 'Volume of the trunk, in cubic meters.';
COMMENT ON COLUMN dragons.height_with_trunk_m IS 'Height with the trunk, in meters.';
COMMENT ON COLUMN dragons.diameter_m IS 'Diameter in meters.';
COMMENT ON COLUMN dragons.description IS 'Description.';
COMMENT ON COLUMN dragons._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE dragon_thrusters IS 'Thrusters of a Dragon model.';
COMMENT ON COLUMN dragon_thrusters.dragon_id IS 'Dragon model.';
COMMENT ON COLUMN dragon_thrusters.position IS 'Position in the dragon''s list, starting at 0.';
COMMENT ON COLUMN dragon_thrusters.type IS 'Thruster type.';
COMMENT ON COLUMN dragon_thrusters.pods IS 'Number of pods that the thrusters are grouped into.';
COMMENT ON COLUMN dragon_thrusters._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE dragon_images IS 'Photographs of a Dragon model.';
COMMENT ON COLUMN dragon_images.dragon_id IS 'Dragon model.';
COMMENT ON COLUMN dragon_images.position IS 'Position in the dragon''s list, starting at 0.';
COMMENT ON COLUMN dragon_images.url IS 'URL of the image.';
COMMENT ON COLUMN dragon_images._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN starlink.height_km IS 'Altitude in kilometers.';
COMMENT ON COLUMN starlink.velocity_km_s IS 'Speed in kilometers per second.';
COMMENT ON COLUMN starlink.omm_version IS 'Version of the Orbit Mean-Elements Message (OMM) standard.';
COMMENT ON COLUMN starlink.comment IS 'Comment from the source.';
COMMENT ON COLUMN starlink.created_at IS 'When the elements were created.';
COMMENT ON COLUMN starlink.originator IS 'Originator of the elements.';
COMMENT ON COLUMN starlink.object_name IS 'Name in the catalog.';
COMMENT ON COLUMN starlink.center_name IS 'Body at the center of the orbit.';
COMMENT ON COLUMN starlink.mean_element_theory IS 'Mean element theory.';
COMMENT ON COLUMN starlink.epoch IS 'Time at which the elements apply.';
COMMENT ON COLUMN starlink.arg_of_pericenter_deg IS 'Argument of pericenter, in degrees.';
COMMENT ON COLUMN starlink.ephemeris_type IS 'Ephemeris type.';
COMMENT ON COLUMN starlink.norad_id IS 'NORAD catalog number.';
COMMENT ON COLUMN starlink.element_set_no IS 'Element set number.';
COMMENT ON COLUMN starlink.revolution_at_epoch IS 'Number of orbits completed by the epoch.';
COMMENT ON COLUMN starlink.bstar_per_earth_radius IS 'B* drag term, per Earth radius.';
COMMENT ON COLUMN starlink.semi_major_axis_km IS 'Semi-major axis in kilometers.';
COMMENT ON COLUMN starlink.apoapsis_km IS 'Highest altitude, in kilometers.';
COMMENT ON COLUMN starlink.periapsis_km IS 'Lowest altitude, in kilometers.';
COMMENT ON COLUMN starlink.object_type IS 'Object type, such as PAYLOAD, ROCKET BODY or DEBRIS.';
COMMENT ON COLUMN starlink.launch_date IS 'Launch date.';
COMMENT ON COLUMN starlink.launch_site IS 'Name of the launch site in the catalog.';
COMMENT ON COLUMN starlink.decay_date IS 'Date of orbital decay.';
COMMENT ON COLUMN starlink.decayed IS '1 if it has decayed, otherwise 0.';
COMMENT ON COLUMN starlink.gp_id IS 'Id of the element set at the source.';
COMMENT ON COLUMN starlink._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN roadster.launch_date_unix IS 'Launch time in seconds since 1970, as given by the API.';
COMMENT ON COLUMN roadster.norad_id IS 'NORAD catalog number.';
COMMENT ON COLUMN roadster.epoch_jd IS 'Julian date at which the position and orbit apply.';
COMMENT ON COLUMN roadster.orbit_type IS 'Orbit type, such as heliocentric.';
COMMENT ON COLUMN roadster.periapsis_au IS 'Smallest distance from the Sun, in astronomical units.';
COMMENT ON COLUMN roadster.semi_major_axis_au IS 'Semi-major axis in astronomical units, as given by the API.';
COMMENT ON COLUMN roadster.arg_of_periapsis_deg IS 'Argument of periapsis, in degrees.';
COMMENT ON COLUMN roadster.speed_kph IS 'Speed in kilometers per hour.';
COMMENT ON COLUMN roadster.earth_distance_km IS 'Distance from Earth, in kilometers.';
COMMENT ON COLUMN roadster.mars_distance_km IS 'Distance from Mars, in kilometers.';
COMMENT ON COLUMN roadster.details IS 'Description.';
COMMENT ON COLUMN roadster._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN roadster_images.position IS 'Position in the roadster''s list, starting at 0.';
COMMENT ON COLUMN roadster_images.url IS 'URL of the image.';
COMMENT ON COLUMN roadster_images._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN company.founded_year IS 'Year it was founded.';
COMMENT ON COLUMN company.headquarters_address IS 'Street address of the headquarters.';
COMMENT ON COLUMN company.summary IS 'Description.';
COMMENT ON COLUMN company._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE history IS 'Historic events.';
COMMENT ON COLUMN history.title IS 'Title of the event.';
COMMENT ON COLUMN history.event_date_unix IS 'The same time in seconds since 1970, as given by the API.';
COMMENT ON COLUMN history.details IS 'Description of what happened.';
COMMENT ON COLUMN history.article_url IS 'An article about the event.';
COMMENT ON COLUMN history._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE launches IS 'Past and upcoming launches: time, place, rocket and outcome.';
COMMENT ON COLUMN launches.flight_number IS 'Sequence number in launch order. Not unique; occasionally renumbered.';
COMMENT ON COLUMN launches.details IS 'Description of what happened.';
COMMENT ON COLUMN launches.rocket_id IS 'Rocket.';
COMMENT ON COLUMN launches.rocket_name IS 'Name of the rocket when the row was produced; null if unknown.';
COMMENT ON COLUMN launches.launch_date_unix IS 'Launch time in seconds since 1970, as given by the API.';
COMMENT ON COLUMN launches.launch_date_local IS 'The same instant as launch_date_utc, as given by the API for the launch site. The view launch_times has the local time.';
COMMENT ON COLUMN launches.launch_utc_offset_minutes IS 'UTC offset of launch_date_local, in minutes; positive if local time is ahead.';
COMMENT ON COLUMN launches.success IS 'Whether the launch succeeded; null until it has taken place.';
COMMENT ON COLUMN launches.upcoming IS 'Whether the launch is upcoming.';
COMMENT ON COLUMN launches.static_fire_date_unix IS 'The same time in seconds since 1970, as given by the API.';
COMMENT ON COLUMN launches.fairings_reused IS 'Whether the fairing halves had flown before; null if there is no fairing.';
COMMENT ON COLUMN launches.fairings_recovery_attempt IS 'Whether fairing recovery was attempted.';
COMMENT ON COLUMN launches.patch_small_url IS 'Small image of the mission patch.';
COMMENT ON COLUMN launches.patch_large_url IS 'Large image of the mission patch.';
COMMENT ON COLUMN launches.reddit_media_url IS 'Reddit collection of images.';
COMMENT ON COLUMN launches.auto_update IS 'Whether the API updates the record automatically.';
COMMENT ON COLUMN launches.transformed_at_utc IS 'Start time of the run that produced the row.';
COMMENT ON COLUMN launches.transformed_at_date IS 'UTC date of transformed_at_utc.';
COMMENT ON COLUMN launches._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE launch_cores IS 'First stages (cores) of a launch, and how each one landed.';
COMMENT ON COLUMN launch_cores.position IS 'Position in the launch''s list, starting at 0.';
COMMENT ON COLUMN launch_cores.landing_attempt IS 'Whether a landing was attempted.';
COMMENT ON COLUMN launch_cores.landing_success IS 'Whether the landing succeeded.';
COMMENT ON COLUMN launch_cores._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN launch_payloads.position IS 'Position in the launch''s list, starting at 0.';
COMMENT ON COLUMN launch_payloads._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN launch_crew.position IS 'Position in the launch''s list, starting at 0.';
COMMENT ON COLUMN launch_crew.role IS 'Role of the crew member on this flight.';
COMMENT ON COLUMN launch_crew._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN launch_ships.position IS 'Position in the launch''s list, starting at 0.';
COMMENT ON COLUMN launch_ships._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN launch_capsules.position IS 'Position in the launch''s list, starting at 0.';
COMMENT ON COLUMN launch_capsules._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN launch_fairing_ships.position IS 'Position in the launch''s list, starting at 0.';
COMMENT ON COLUMN launch_fairing_ships._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON TABLE launch_failures IS 'Failures during a launch.';
COMMENT ON COLUMN launch_failures.position IS 'Position in the launch''s list, starting at 0.';
COMMENT ON COLUMN launch_failures.altitude_km IS 'Altitude at that time, in kilometers.';
COMMENT ON COLUMN launch_failures._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN launch_images.size IS 'Size of the image: small or original.';
COMMENT ON COLUMN launch_images.position IS 'Position among the images of that size, starting at 0.';
COMMENT ON COLUMN launch_images.url IS 'URL of the image.';
COMMENT ON COLUMN launch_images._loaded_at IS 'When the row was last changed in this database.';

COMMENT ON COLUMN launch_cadence.failed IS 'How many of these failed; the outcome of the others is unknown.';
COMMENT ON VIEW launch_success IS 'Success rate of each rocket over all past launches.';
COMMENT ON COLUMN launch_success.unknown IS 'Number whose outcome is unknown.';
COMMENT ON COLUMN launch_success.success_rate_pct IS 'Percentage that succeeded, out of those with a known outcome.';
COMMENT ON COLUMN launch_success.last_launch_utc IS 'Time of the most recent launch.';
COMMENT ON VIEW booster_flights IS 'Past flights of each first stage (core), with the days since the previous flight.';
COMMENT ON COLUMN booster_flights.core_serial IS 'Serial number of the core.';
COMMENT ON COLUMN booster_flights.flight IS 'Flight number of the core, as given by the API.';
COMMENT ON COLUMN booster_flights.nth_flight IS 'Flight number of the core in chronological order, starting at 1.';
COMMENT ON COLUMN booster_flights.landing_attempt IS 'Whether a landing was attempted.';
COMMENT ON COLUMN booster_flights.landing_success IS 'Whether the landing succeeded.';
COMMENT ON VIEW booster_reuse IS 'Flights, landings and turnaround times of each first stage (core). A core that has never flown has no row.';
COMMENT ON COLUMN booster_reuse.core_serial IS 'Serial number of the core.';
COMMENT ON COLUMN booster_reuse.last_flight_utc IS 'Time of its most recent flight.';
COMMENT ON VIEW landing_success IS 'Success rate of landing attempts by landing type and pad, over all past launches.';
COMMENT ON COLUMN landing_success.landpad_id IS 'Landing pad or drone ship; null for landings in the open sea.';
COMMENT ON COLUMN landing_success.unknown IS 'Number whose outcome is unknown.';
COMMENT ON COLUMN landing_success.success_rate_pct IS 'Percentage that landed, out of those with a known outcome.';
COMMENT ON VIEW payload_flights IS 'Each launched payload once, with its launch. If several launches list the payload, the one that the payload names counts.';
COMMENT ON COLUMN payload_flights.type IS 'Payload type, such as Satellite, Dragon 1.0 or Crew Dragon.';
COMMENT ON COLUMN payload_flights.orbit IS 'Orbit type, such as LEO, GTO or SSO.';
COMMENT ON VIEW payload_mass_by_orbit IS 'Payload mass launched to each orbit, including failed launches.';
COMMENT ON COLUMN payload_mass_by_orbit.orbit IS 'Orbit type, such as LEO, GTO or SSO.';
COMMENT ON COLUMN payload_mass_by_orbit.mass_kg IS 'Total known payload mass, in kilograms.';
COMMENT ON COLUMN payload_mass_by_orbit.heaviest_kg IS 'Mass of the heaviest payload, in kilograms.';
COMMENT ON VIEW payload_mass_by_customer IS 'Payload mass launched for each customer, including failed launches. A payload with several customers counts in full for each of them.';
COMMENT ON COLUMN payload_mass_by_customer.mass_kg IS 'Total known payload mass, in kilograms.';
COMMENT ON COLUMN payload_mass_by_customer.heaviest_kg IS 'Mass of the heaviest payload, in kilograms.';
COMMENT ON VIEW static_fires IS 'Static fires, with the days from each to its launch.';
COMMENT ON COLUMN static_fires.days_to_launch IS 'Days from the static fire to the launch; negative if the dates contradict each other.';
COMMENT ON COLUMN static_fires.upcoming IS 'Whether the launch is upcoming.';
COMMENT ON VIEW crew_flights IS 'Crew members on each launch, with their roles.';
COMMENT ON COLUMN crew_flights.crew_name IS 'Name of the crew member; null if the crew member''s record is missing.';
COMMENT ON COLUMN crew_flights.role IS 'Role of the crew member on this flight.';
COMMENT ON COLUMN crew_flights.upcoming IS 'Whether the launch is upcoming.';
COMMENT ON COLUMN ship_recoveries.type IS 'Ship type.';
COMMENT ON COLUMN ship_recoveries.fairing_launches IS 'Number of these launches on which it was assigned to recover the fairing.';
COMMENT ON COLUMN ship_recoveries.fairing_recoveries IS 'Number of these launches after which the fairing was recovered.';
COMMENT ON COLUMN ship_recoveries.last_launch_utc IS 'Time of the most recent launch that it supported.';
COMMENT ON VIEW starlink_shells IS 'Starlink satellites in orbit, grouped by inclination (rounded to 1 degree) and mean altitude (rounded to 10 km). Satellites that are climbing or descending appear in separate shells.';
COMMENT ON COLUMN starlink_shells.altitude_km IS 'Mean of the highest and lowest altitudes, in kilometers.';
COMMENT ON COLUMN starlink_shells.first_launch_date IS 'Date of the first of these launches.';
COMMENT ON COLUMN starlink_shells.last_launch_date IS 'Date of the last of these launches.';
COMMENT ON VIEW launch_times IS 'Time of each launch, in UTC and in the local time of its launch site.';
COMMENT ON COLUMN launch_times.upcoming IS 'Whether the launch is upcoming.';
COMMENT ON COLUMN launch_times.local_time IS 'Local time of the launch at the launch site.';
COMMENT ON COLUMN launch_times.utc_offset_minutes IS 'Offset of local time from UTC, in minutes; positive if local time is ahead.';

-- down
COMMENT ON COLUMN rockets.type IS 'Kind of vehicle.';
COMMENT ON COLUMN rockets.active IS 'Whether it still flies.';
COMMENT ON COLUMN rockets.cost_per_launch_usd IS 'Price of a launch, in US dollars.';
COMMENT ON COLUMN rockets.success_rate_pct IS 'Launches that succeeded, in percent, as the API gives it.';
COMMENT ON COLUMN rockets.first_flight_date IS 'Day of the first flight.';
COMMENT ON COLUMN rockets.height_m IS 'Height in metres.';
COMMENT ON COLUMN rockets.diameter_m IS 'Diameter in metres.';
COMMENT ON COLUMN rockets.first_stage_reusable IS 'Whether the first stage can fly again.';
COMMENT ON COLUMN rockets.first_stage_engines IS 'Number of engines of the first stage.';
COMMENT ON COLUMN rockets.second_stage_reusable IS 'Whether the second stage can fly again.';
COMMENT ON COLUMN rockets.second_stage_engines IS 'Number of engines of the second stage.';
COMMENT ON COLUMN rockets.second_stage_payload_option IS 'What the second stage carries.';
COMMENT ON COLUMN rockets.fairing_height_m IS 'Height of the composite fairing, in metres.';
COMMENT ON COLUMN rockets.fairing_diameter_m IS 'Diameter of the composite fairing, in metres.';
COMMENT ON COLUMN rockets.engine_type IS 'Kind of engine.';
COMMENT ON COLUMN rockets.engine_version IS 'Version of the engine; empty where it has none.';
COMMENT ON COLUMN rockets.engine_loss_max IS 'Engines that may fail without loss of the mission.';
COMMENT ON COLUMN rockets.engine_thrust_to_weight IS 'Thrust of an engine as a multiple of its weight.';
COMMENT ON COLUMN rockets.description IS 'Description in prose.';
COMMENT ON COLUMN rockets.transformed_at_utc IS 'Start of the run that made the row.';
COMMENT ON COLUMN rockets.transformed_at_date IS 'Date of transformed_at_utc, in UTC.';
COMMENT ON COLUMN rockets._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN rocket_payload_weights.position IS 'Position in the list of the rocket, from 0.';
COMMENT ON COLUMN rocket_payload_weights._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN rocket_images.position IS 'Position in the list of the rocket, from 0.';
COMMENT ON COLUMN rocket_images.url IS 'URL of the picture.';
COMMENT ON COLUMN rocket_images._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN launchpads.locality IS 'Town or area.';
COMMENT ON COLUMN launchpads.timezone IS 'Time zone, by its name in the IANA database.';
COMMENT ON COLUMN launchpads.launch_attempts IS 'Launches, as the API counts them.';
COMMENT ON COLUMN launchpads.launch_successes IS 'Launches that succeeded, as the API counts them.';
COMMENT ON COLUMN launchpads.details IS 'Description in prose.';
COMMENT ON COLUMN launchpads._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN launchpad_rockets.position IS 'Position in the list of the launch site, from 0.';
COMMENT ON COLUMN launchpad_rockets._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE launchpad_launches IS 'Launches that a launch site names.';
COMMENT ON COLUMN launchpad_launches.position IS 'Position in the list of the launch site, from 0.';
COMMENT ON COLUMN launchpad_launches._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN launchpad_images.position IS 'Position in the list of the launch site, from 0.';
COMMENT ON COLUMN launchpad_images.url IS 'URL of the picture.';
COMMENT ON COLUMN launchpad_images._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN landpads.locality IS 'Town or area.';
COMMENT ON COLUMN landpads.landing_attempts IS 'Landing attempts, as the API counts them.';
COMMENT ON COLUMN landpads.landing_successes IS 'Landings that succeeded, as the API counts them.';
COMMENT ON COLUMN landpads.details IS 'Description in prose.';
COMMENT ON COLUMN landpads._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE landpad_launches IS 'Launches that a landing pad names.';
COMMENT ON COLUMN landpad_launches.position IS 'Position in the list of the landing pad, from 0.';
COMMENT ON COLUMN landpad_launches._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN landpad_images.position IS 'Position in the list of the landing pad, from 0.';
COMMENT ON COLUMN landpad_images.url IS 'URL of the picture.';
COMMENT ON COLUMN landpad_images._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN payloads.type IS 'What it is, such as Satellite, Dragon 1.0 or Crew Dragon.';
COMMENT ON COLUMN payloads.launch_id IS 'Launch, according to the payload.';
COMMENT ON COLUMN payloads.orbit IS 'Kind of orbit, such as LEO, GTO or SSO.';
COMMENT ON COLUMN payloads.regime IS 'Orbital regime, in words.';
COMMENT ON COLUMN payloads.semi_major_axis_km IS 'Semi-major axis in kilometres.';
COMMENT ON COLUMN payloads.periapsis_km IS 'Lowest altitude, in kilometres.';
COMMENT ON COLUMN payloads.apoapsis_km IS 'Highest altitude, in kilometres.';
COMMENT ON COLUMN payloads.epoch IS 'Time to which the orbital elements apply.';
COMMENT ON COLUMN payloads.arg_of_pericenter_deg IS 'Argument of the pericenter, in degrees.';
COMMENT ON COLUMN payloads.dragon_capsule_id IS 'Capsule that carried it.';
COMMENT ON COLUMN payloads.dragon_manifest_url IS 'List of what the capsule carried.';
COMMENT ON COLUMN payloads._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN payload_customers.position IS 'Position in the list of the payload, from 0.';
COMMENT ON COLUMN payload_customers._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE payload_norad_ids IS 'Catalogue numbers of what a payload became in orbit.';
COMMENT ON COLUMN payload_norad_ids.position IS 'Position in the list of the payload, from 0.';
COMMENT ON COLUMN payload_norad_ids.norad_id IS 'Number in the NORAD catalogue.';
COMMENT ON COLUMN payload_norad_ids._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN payload_nationalities.position IS 'Position in the list of the payload, from 0.';
COMMENT ON COLUMN payload_nationalities._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN payload_manufacturers.position IS 'Position in the list of the payload, from 0.';
COMMENT ON COLUMN payload_manufacturers._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN cores.serial IS 'Serial number, B1049 for example.';
COMMENT ON COLUMN cores.reuse_count IS 'Flights after the first, as the API counts them.';
COMMENT ON COLUMN cores.rtls_attempts IS 'Landing attempts near the launch site, as the API counts them.';
COMMENT ON COLUMN cores.rtls_landings IS 'Landings near the launch site, as the API counts them.';
COMMENT ON COLUMN cores.asds_attempts IS 'Landing attempts on a drone ship, as the API counts them.';
COMMENT ON COLUMN cores.asds_landings IS 'Landings on a drone ship, as the API counts them.';
COMMENT ON COLUMN cores.last_update IS 'Latest news, in prose.';
COMMENT ON COLUMN cores._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE core_launches IS 'Launches that a core names.';
COMMENT ON COLUMN core_launches.position IS 'Position in the list of the core, from 0.';
COMMENT ON COLUMN core_launches._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN capsules.serial IS 'Serial number, C201 for example.';
COMMENT ON COLUMN capsules.dragon_id IS 'Kind of Dragon.';
COMMENT ON COLUMN capsules.reuse_count IS 'Flights after the first, as the API counts them.';
COMMENT ON COLUMN capsules.water_landings IS 'Landings on water, as the API counts them.';
COMMENT ON COLUMN capsules.land_landings IS 'Landings on land, as the API counts them.';
COMMENT ON COLUMN capsules.last_update IS 'Latest news, in prose.';
COMMENT ON COLUMN capsules._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE capsule_launches IS 'Launches that a capsule names.';
COMMENT ON COLUMN capsule_launches.position IS 'Position in the list of the capsule, from 0.';
COMMENT ON COLUMN capsule_launches._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN ships.type IS 'Kind of ship.';
COMMENT ON COLUMN ships.imo IS 'Number of the International Maritime Organization.';
COMMENT ON COLUMN ships.mmsi IS 'Maritime Mobile Service Identity.';
COMMENT ON COLUMN ships.abs IS 'Number of the American Bureau of Shipping.';
COMMENT ON COLUMN ships.year_built IS 'Year in which it was built.';
COMMENT ON COLUMN ships.course_deg IS 'Course in degrees from north.';
COMMENT ON COLUMN ships.last_ais_update IS 'Last position report, as the API gives it.';
COMMENT ON COLUMN ships.link_url IS 'Web page about it.';
COMMENT ON COLUMN ships._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE ship_roles IS 'What a ship does.';
COMMENT ON COLUMN ship_roles.position IS 'Position in the list of the ship, from 0.';
COMMENT ON COLUMN ship_roles._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE ship_launches IS 'Launches that a ship names.';
COMMENT ON COLUMN ship_launches.position IS 'Position in the list of the ship, from 0.';
COMMENT ON COLUMN ship_launches._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN crew._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE crew_launches IS 'Launches that a crew member names.';
COMMENT ON COLUMN crew_launches.position IS 'Position in the list of the crew member, from 0.';
COMMENT ON COLUMN crew_launches._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE dragons IS 'Kinds of Dragon spacecraft.';
COMMENT ON COLUMN dragons.id IS 'Id of the kind of Dragon in the API.';
COMMENT ON COLUMN dragons.type IS 'Kind of spacecraft.';
COMMENT ON COLUMN dragons.active IS 'Whether it still flies.';
COMMENT ON COLUMN dragons.crew_capacity IS 'People it can carry.';
COMMENT ON COLUMN dragons.sidewall_angle_deg IS 'Angle of the side wall, in degrees.';
COMMENT ON COLUMN dragons.orbit_duration_years IS 'Time it can stay in orbit, in years.';
COMMENT ON COLUMN dragons.first_flight_date IS 'Day of the first flight.';
COMMENT ON COLUMN dragons.heat_shield_size_m IS 'Size of the heat shield, in metres.';
COMMENT ON COLUMN dragons.heat_shield_temp_degrees IS 'Temperature that the heat shield withstands, in degrees; the API does not say of which scale.';
COMMENT ON COLUMN dragons.launch_payload_volume_m3 IS 'Volume it can carry to orbit, in cubic metres.';
COMMENT ON COLUMN dragons.return_payload_volume_m3 IS 'Volume it can return to Earth, in cubic metres.';
COMMENT ON COLUMN dragons.pressurized_volume_m3 IS 'Pressurized volume, in cubic metres.';
COMMENT ON COLUMN dragons.trunk_volume_m3 IS 'Volume of the trunk, in cubic metres.';
COMMENT ON COLUMN dragons.height_with_trunk_m IS 'Height with the trunk, in metres.';
COMMENT ON COLUMN dragons.diameter_m IS 'Diameter in metres.';
COMMENT ON COLUMN dragons.description IS 'Description in prose.';
COMMENT ON COLUMN dragons._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE dragon_thrusters IS 'Thrusters of a kind of Dragon.';
COMMENT ON COLUMN dragon_thrusters.dragon_id IS 'Kind of Dragon.';
COMMENT ON COLUMN dragon_thrusters.position IS 'Position in the list of the dragon, from 0.';
COMMENT ON COLUMN dragon_thrusters.type IS 'Kind of thruster.';
COMMENT ON COLUMN dragon_thrusters.pods IS 'Number of pods that they are grouped in.';
COMMENT ON COLUMN dragon_thrusters._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE dragon_images IS 'Photographs of a kind of Dragon.';
COMMENT ON COLUMN dragon_images.dragon_id IS 'Kind of Dragon.';
COMMENT ON COLUMN dragon_images.position IS 'Position in the list of the dragon, from 0.';
COMMENT ON COLUMN dragon_images.url IS 'URL of the picture.';
COMMENT ON COLUMN dragon_images._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN starlink.height_km IS 'Altitude in kilometres.';
COMMENT ON COLUMN starlink.velocity_km_s IS 'Speed in kilometres per second.';
COMMENT ON COLUMN starlink.omm_version IS 'Version of the Orbit Mean-Elements Message standard.';
COMMENT ON COLUMN starlink.comment IS 'Comment of the source.';
COMMENT ON COLUMN starlink.created_at IS 'Time at which the elements were made.';
COMMENT ON COLUMN starlink.originator IS 'Maker of the elements.';
COMMENT ON COLUMN starlink.object_name IS 'Name in the catalogue.';
COMMENT ON COLUMN starlink.center_name IS 'Body at the centre of the orbit.';
COMMENT ON COLUMN starlink.mean_element_theory IS 'Theory of the mean elements.';
COMMENT ON COLUMN starlink.epoch IS 'Time to which the elements apply.';
COMMENT ON COLUMN starlink.arg_of_pericenter_deg IS 'Argument of the pericenter, in degrees.';
COMMENT ON COLUMN starlink.ephemeris_type IS 'Kind of ephemeris.';
COMMENT ON COLUMN starlink.norad_id IS 'Number in the NORAD catalogue.';
COMMENT ON COLUMN starlink.element_set_no IS 'Number of the set of elements.';
COMMENT ON COLUMN starlink.revolution_at_epoch IS 'Orbits completed by the epoch.';
COMMENT ON COLUMN starlink.bstar_per_earth_radius IS 'Drag term, per earth radius.';
COMMENT ON COLUMN starlink.semi_major_axis_km IS 'Semi-major axis in kilometres.';
COMMENT ON COLUMN starlink.apoapsis_km IS 'Highest altitude, in kilometres.';
COMMENT ON COLUMN starlink.periapsis_km IS 'Lowest altitude, in kilometres.';
COMMENT ON COLUMN starlink.object_type IS 'What it is, such as PAYLOAD, ROCKET BODY or DEBRIS.';
COMMENT ON COLUMN starlink.launch_date IS 'Day of the launch.';
COMMENT ON COLUMN starlink.launch_site IS 'Launch site, by its name in the catalogue.';
COMMENT ON COLUMN starlink.decay_date IS 'Day on which it decayed.';
COMMENT ON COLUMN starlink.decayed IS '1 if it has decayed, else 0.';
COMMENT ON COLUMN starlink.gp_id IS 'Number of the element set at the source.';
COMMENT ON COLUMN starlink._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN roadster.launch_date_unix IS 'Time of the launch in seconds since 1970, as the API gives it.';
COMMENT ON COLUMN roadster.norad_id IS 'Number in the NORAD catalogue.';
COMMENT ON COLUMN roadster.epoch_jd IS 'Julian date to which position and orbit apply.';
COMMENT ON COLUMN roadster.orbit_type IS 'Kind of orbit, such as heliocentric.';
COMMENT ON COLUMN roadster.periapsis_au IS 'Least distance from the Sun, in astronomical units.';
COMMENT ON COLUMN roadster.semi_major_axis_au IS 'Semi-major axis in astronomical units, as the API gives it.';
COMMENT ON COLUMN roadster.arg_of_periapsis_deg IS 'Argument of the periapsis, in degrees.';
COMMENT ON COLUMN roadster.speed_kph IS 'Speed in kilometres per hour.';
COMMENT ON COLUMN roadster.earth_distance_km IS 'Distance from Earth, in kilometres.';
COMMENT ON COLUMN roadster.mars_distance_km IS 'Distance from Mars, in kilometres.';
COMMENT ON COLUMN roadster.details IS 'Description in prose.';
COMMENT ON COLUMN roadster._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN roadster_images.position IS 'Position in the list of the roadster, from 0.';
COMMENT ON COLUMN roadster_images.url IS 'URL of the picture.';
COMMENT ON COLUMN roadster_images._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN company.founded_year IS 'Year in which it was founded.';
COMMENT ON COLUMN company.headquarters_address IS 'Street of the headquarters.';
COMMENT ON COLUMN company.summary IS 'Description in prose.';
COMMENT ON COLUMN company._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE history IS 'Events that made history.';
COMMENT ON COLUMN history.title IS 'What happened, in a few words.';
COMMENT ON COLUMN history.event_date_unix IS 'The same in seconds since 1970, as the API gives it.';
COMMENT ON COLUMN history.details IS 'What happened, in prose.';
COMMENT ON COLUMN history.article_url IS 'An article about it.';
COMMENT ON COLUMN history._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE launches IS 'Past and upcoming launches: when, where, on what, how it went.';
COMMENT ON COLUMN launches.flight_number IS 'Number in launch order. Not unique, and renumbered now and then.';
COMMENT ON COLUMN launches.details IS 'What happened, in prose.';
COMMENT ON COLUMN launches.rocket_id IS 'Rocket that flew or will fly.';
COMMENT ON COLUMN launches.rocket_name IS 'Name of the rocket when the row was made; null where it is unknown.';
COMMENT ON COLUMN launches.launch_date_unix IS 'Time of the launch in seconds since 1970, as the API gives it.';
COMMENT ON COLUMN launches.launch_date_local IS 'The same instant as launch_date_utc, as the API gives it for the launch site. The view launch_times has the local time.';
COMMENT ON COLUMN launches.launch_utc_offset_minutes IS 'Minutes by which local time at launch_date_local is ahead of UTC.';
COMMENT ON COLUMN launches.success IS 'Whether it succeeded; null until it has flown.';
COMMENT ON COLUMN launches.upcoming IS 'Whether it has yet to fly.';
COMMENT ON COLUMN launches.static_fire_date_unix IS 'The same in seconds since 1970, as the API gives it.';
COMMENT ON COLUMN launches.fairings_reused IS 'Whether the fairing halves had flown before; null without a fairing.';
COMMENT ON COLUMN launches.fairings_recovery_attempt IS 'Whether a recovery of the fairing was attempted.';
COMMENT ON COLUMN launches.patch_small_url IS 'Small picture of the mission patch.';
COMMENT ON COLUMN launches.patch_large_url IS 'Large picture of the mission patch.';
COMMENT ON COLUMN launches.reddit_media_url IS 'Reddit collection of pictures.';
COMMENT ON COLUMN launches.auto_update IS 'Whether the API''s own jobs keep the record up to date.';
COMMENT ON COLUMN launches.transformed_at_utc IS 'Start of the run that made the row.';
COMMENT ON COLUMN launches.transformed_at_date IS 'Date of transformed_at_utc, in UTC.';
COMMENT ON COLUMN launches._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE launch_cores IS 'First stages (cores) of a launch, and how they landed.';
COMMENT ON COLUMN launch_cores.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_cores.landing_attempt IS 'Whether it tried to land.';
COMMENT ON COLUMN launch_cores.landing_success IS 'Whether it landed.';
COMMENT ON COLUMN launch_cores._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN launch_payloads.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_payloads._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN launch_crew.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_crew.role IS 'What the crew member does on this flight.';
COMMENT ON COLUMN launch_crew._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN launch_ships.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_ships._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN launch_capsules.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_capsules._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN launch_fairing_ships.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_fairing_ships._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON TABLE launch_failures IS 'What went wrong in a launch.';
COMMENT ON COLUMN launch_failures.position IS 'Position in the list of the launch, from 0.';
COMMENT ON COLUMN launch_failures.altitude_km IS 'Altitude at that time, in kilometres.';
COMMENT ON COLUMN launch_failures._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN launch_images.size IS 'Size of the picture: small or original.';
COMMENT ON COLUMN launch_images.position IS 'Position among the pictures of that size, from 0.';
COMMENT ON COLUMN launch_images.url IS 'URL of the picture.';
COMMENT ON COLUMN launch_images._loaded_at IS 'Time of the last change of the row in this database.';

COMMENT ON COLUMN launch_cadence.failed IS 'How many of these failed; the outcome of the rest is unknown.';
COMMENT ON VIEW launch_success IS 'How often each rocket succeeded, over all past launches.';
COMMENT ON COLUMN launch_success.unknown IS 'Number with an unknown outcome.';
COMMENT ON COLUMN launch_success.success_rate_pct IS 'Share that succeeded among those with a known outcome, in percent.';
COMMENT ON COLUMN launch_success.last_launch_utc IS 'Time of the last past launch.';
COMMENT ON VIEW booster_flights IS 'Past flights of each first stage (core), with the days since its previous flight.';
COMMENT ON COLUMN booster_flights.core_serial IS 'Serial of the core.';
COMMENT ON COLUMN booster_flights.flight IS 'Number of the flight of the core, as the API gives it.';
COMMENT ON COLUMN booster_flights.nth_flight IS 'Number of the flight of the core, counted by time, from 1.';
COMMENT ON COLUMN booster_flights.landing_attempt IS 'Whether it tried to land.';
COMMENT ON COLUMN booster_flights.landing_success IS 'Whether it landed.';
COMMENT ON VIEW booster_reuse IS 'How often each first stage (core) flew and landed, and how soon it flew again. A core that never flew has no row.';
COMMENT ON COLUMN booster_reuse.core_serial IS 'Serial of the core.';
COMMENT ON COLUMN booster_reuse.last_flight_utc IS 'Time of its last past flight.';
COMMENT ON VIEW landing_success IS 'How often cores that tried to land did so, by kind of landing and pad, over all past launches.';
COMMENT ON COLUMN landing_success.landpad_id IS 'Landing pad or drone ship; null in the open sea.';
COMMENT ON COLUMN landing_success.unknown IS 'Number with an unknown outcome.';
COMMENT ON COLUMN landing_success.success_rate_pct IS 'Share that landed among those with a known outcome, in percent.';
COMMENT ON VIEW payload_flights IS 'Each launched payload once, with its launch: if several launches list it, the one that it names.';
COMMENT ON COLUMN payload_flights.type IS 'What it is, such as Satellite, Dragon 1.0 or Crew Dragon.';
COMMENT ON COLUMN payload_flights.orbit IS 'Kind of orbit, such as LEO, GTO or SSO.';
COMMENT ON VIEW payload_mass_by_orbit IS 'Mass of the launched payloads by orbit, whether or not the launch succeeded.';
COMMENT ON COLUMN payload_mass_by_orbit.orbit IS 'Kind of orbit, such as LEO, GTO or SSO.';
COMMENT ON COLUMN payload_mass_by_orbit.mass_kg IS 'Their total mass, in kilograms.';
COMMENT ON COLUMN payload_mass_by_orbit.heaviest_kg IS 'Mass of the heaviest, in kilograms.';
COMMENT ON VIEW payload_mass_by_customer IS 'Mass of the launched payloads by customer, whether or not the launch succeeded. A payload of several customers counts in full for each.';
COMMENT ON COLUMN payload_mass_by_customer.mass_kg IS 'Their total mass, in kilograms.';
COMMENT ON COLUMN payload_mass_by_customer.heaviest_kg IS 'Mass of the heaviest, in kilograms.';
COMMENT ON VIEW static_fires IS 'Static fires before launches, and the days between the two.';
COMMENT ON COLUMN static_fires.days_to_launch IS 'Days from the static fire to the launch; negative where the dates contradict each other.';
COMMENT ON COLUMN static_fires.upcoming IS 'Whether the launch has yet to happen.';
COMMENT ON VIEW crew_flights IS 'Who flies on which launch, and in which role.';
COMMENT ON COLUMN crew_flights.crew_name IS 'Name of the crew member; null where the crew member is missing.';
COMMENT ON COLUMN crew_flights.role IS 'What the crew member does on this flight.';
COMMENT ON COLUMN crew_flights.upcoming IS 'Whether the launch has yet to happen.';
COMMENT ON COLUMN ship_recoveries.type IS 'Kind of ship.';
COMMENT ON COLUMN ship_recoveries.fairing_launches IS 'For how many of these it was to recover the fairing.';
COMMENT ON COLUMN ship_recoveries.fairing_recoveries IS 'After how many of these the fairing was recovered.';
COMMENT ON COLUMN ship_recoveries.last_launch_utc IS 'Time of the last past launch that it supported.';
COMMENT ON VIEW starlink_shells IS 'Starlink satellites in orbit by inclination, to the degree, and mean altitude, to 10 km. Those on their way up or down are in shells of their own.';
COMMENT ON COLUMN starlink_shells.altitude_km IS 'Mean of the highest and the lowest altitude, in kilometres.';
COMMENT ON COLUMN starlink_shells.first_launch_date IS 'Day of the first of these launches.';
COMMENT ON COLUMN starlink_shells.last_launch_date IS 'Day of the last of these launches.';
COMMENT ON VIEW launch_times IS 'When each launch was or will be, in UTC and on the clocks of its launch site.';
COMMENT ON COLUMN launch_times.upcoming IS 'Whether it is still to come.';
COMMENT ON COLUMN launch_times.local_time IS 'What the clocks at the launch site show then.';
COMMENT ON COLUMN launch_times.utc_offset_minutes IS 'Minutes by which local time is ahead of UTC.';
