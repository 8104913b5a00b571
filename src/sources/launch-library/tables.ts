import { mainTable, notNull, orNull, type Table } from '../../core/table.ts';

/** The columns of the plan, in launches and in each version of them. */
const plan = {
  name: notNull.text('Rocket and mission. It changes, and several launches may share it.'),
  status_id: notNull.integer(
    'Status: 1 Go, 2 TBD, 3 Success, 4 Failure, 5 Hold, 6 In Flight, 8 TBC, 9 Payload Deployed; others may come.',
  ),
  status_name: orNull.text('Status in words.'),
  status_abbrev: orNull.text('Status in short, such as Go or TBC.'),
  net: notNull.timestamptz(
    'Time of the launch, or the time before which it will not be ("no earlier than"). See net_precision_name.',
  ),
  net_precision_id: orNull.integer('Precision of net, from 0 (second); null for some old launches.'),
  net_precision_name: orNull.text(
    'Precision of net, such as Minute, Day or Month. Where it is coarse, net is the end of the period.',
  ),
  window_start: orNull.timestamptz('Start of the launch window.'),
  window_end: orNull.timestamptz('End of the launch window.'),
  probability_pct: orNull.integer(
    'Chance that the weather allows the launch, in percent; null where unknown.',
  ),
  weather_concerns: orNull.text('What could be wrong with the weather.'),
  fail_reason: orNull.text('Why the launch failed.'),
  rocket_configuration_id: orNull.integer('Configuration of the rocket in the API.'),
  rocket_name: orNull.text('Full name of the configuration, such as Falcon 9 Block 5.'),
  pad_id: orNull.integer('Launch pad in the API.'),
  pad_name: orNull.text('Name of the launch pad.'),
} as const satisfies Table['columns'];

export const launches = mainTable(
  'launches',
  'Launches as the librarians have them now: when, where, on what, how it went.',
  {
    id: notNull.id('UUID of the launch in the API. It never changes.'),
    ...plan,
    slug: orNull.text('Name as it appears in URLs. It changes with the name.'),
    launch_designator: orNull.text('International designator (COSPAR) of the launch, such as 2025-001.'),
    last_updated: notNull.timestamptz(
      'Time at which the launch itself was last edited. What is said about its pad or provider changes without it.',
    ),
    hashtag: orNull.text('Hashtag of the launch.'),
    provider_id: orNull.integer('Agency that launches, in the API; 121 is SpaceX.'),
    provider_name: orNull.text('Name of the agency that launches.'),
    provider_type: orNull.text('Kind of that agency, such as Commercial or Government.'),
    rocket_family: orNull.text(
      'Families of the rocket as the API lists them, separated by commas; null where it has none.',
    ),
    rocket_variant: orNull.text('Variant of the rocket, such as Block 5.'),
    mission_id: orNull.integer('Mission in the API.'),
    mission_name: orNull.text('Name of the mission.'),
    mission_type: orNull.text('Purpose of the mission, such as Communications.'),
    mission_description: orNull.text('What the mission is about, in prose.'),
    orbit_id: orNull.integer('Orbit in the API.'),
    orbit_name: orNull.text('Orbit that the mission goes to.'),
    orbit_abbrev: orNull.text('The same in short, such as LEO.'),
    pad_latitude_deg: orNull.double('Latitude of the pad, in degrees north.'),
    pad_longitude_deg: orNull.double('Longitude of the pad, in degrees east.'),
    location_id: orNull.integer('Launch site in the API.'),
    location_name: orNull.text('Name of the launch site.'),
    location_country_code: orNull.text('Country of the launch site, ISO 3166-1 alpha-3.'),
    location_timezone: orNull.text('Time zone of the launch site, such as America/New_York.'),
  },
);

export const boosters = {
  name: 'launch_boosters',
  doc: 'First stages of a launch, side boosters included, and how each landed.',
  key: ['launch_id', 'stage_id'],
  owner: 'launch_id',
  columns: {
    launch_id: notNull.id('Launch.'),
    stage_id: notNull.integer('This use of the booster, in the API.'),
    stage_type: orNull.text('Core or Strap-On Booster.'),
    reused: orNull.boolean('Whether it had flown before; null where the booster is not known yet.'),
    flight_number: orNull.integer('Flights of the booster up to and including this one.'),
    launcher_id: orNull.integer('Booster in the API.'),
    launcher_serial: orNull.text(
      'Serial of the booster. Placeholders share one, such as Unknown F9: launcher_is_placeholder.',
    ),
    launcher_flight_proven: orNull.boolean('Whether the booster has flown by now.'),
    launcher_is_placeholder: orNull.boolean('Whether it stands for a booster that is not known yet.'),
    launcher_status_id: orNull.integer('Status of the booster by now, in the API.'),
    launcher_status_name: orNull.text('The same in words, such as active, lost or expended.'),
    previous_launch_id: orNull.id('Launch on which the booster flew before.', { references: 'launches' }),
    previous_launch_date: orNull.timestamptz('Time of that launch.'),
    turnaround_s: orNull.bigint('Time since that launch, in seconds.'),
    landing_attempt: orNull.boolean('Whether it tries to land.'),
    landing_success: orNull.boolean('Whether it landed; null until it has tried.'),
    landing_type_abbrev: orNull.text('Kind of landing in short: ASDS (drone ship), RTLS, Ocean, EXP.'),
    landing_type_name: orNull.text('Kind of landing.'),
    landing_location_id: orNull.integer('Place of the landing in the API.'),
    landing_location_abbrev: orNull.text('Place of the landing in short, such as OCISLY or LZ-40.'),
    landing_location_name: orNull.text('Place of the landing.'),
    downrange_km: orNull.double('Distance from the pad to the landing, in kilometres.'),
  },
} as const satisfies Table;

export const updates = {
  name: 'launch_updates',
  doc: 'Notes of the librarians about a launch: what they changed, and why.',
  key: ['launch_id', 'update_id'],
  owner: 'launch_id',
  columns: {
    launch_id: notNull.id('Launch.'),
    update_id: notNull.integer('Note in the API.'),
    created_by: orNull.text('Librarian who wrote it.'),
    created_on: orNull.timestamptz('Time at which it was written.'),
    comment: orNull.text('The note itself.'),
    info_url: orNull.text('Source of the note.'),
  },
} as const satisfies Table;

export const versions = {
  name: 'launch_versions',
  doc: 'Every version of a launch that was received; it stays when the launch changes or is deleted. See launch_history.',
  key: ['launch_id', 'last_updated'],
  owner: 'launch_id',
  keep: true,
  columns: {
    launch_id: notNull.id('Launch, which may not be there any more.'),
    last_updated: notNull.timestamptz('Time at which the librarians made this version.'),
    ...plan,
  },
} as const satisfies Table;
