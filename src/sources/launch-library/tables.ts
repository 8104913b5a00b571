import { mainTable, notNull, orNull, type Table } from '../../core/table.ts';

/** The columns that describe the plan, both in launches and in launch_versions. */
const plan = {
  name: notNull.text('Rocket and mission. The name can change, and several launches can share it.'),
  status_id: notNull.integer(
    'Status: 1 Go, 2 TBD, 3 Success, 4 Failure, 5 Hold, 6 In Flight, 8 TBC, 9 Payload Deployed; more may be added.',
  ),
  status_name: orNull.text('Name of the status, such as Go for Launch.'),
  status_abbrev: orNull.text('Abbreviated status, such as Go or TBC.'),
  net: notNull.timestamptz(
    'Launch time, or the earliest possible launch time ("no earlier than"). See net_precision_name.',
  ),
  net_precision_id: orNull.integer(
    'Precision of net as a number; 0 is to the second. Null for some old launches.',
  ),
  net_precision_name: orNull.text(
    'Precision of net, such as Minute, Day or Month. If it is coarse, net is the end of the period.',
  ),
  window_start: orNull.timestamptz('Start of the launch window.'),
  window_end: orNull.timestamptz('End of the launch window.'),
  probability_pct: orNull.integer(
    'Probability that the weather allows the launch, in percent; null if unknown.',
  ),
  weather_concerns: orNull.text('Weather concerns.'),
  fail_reason: orNull.text('Why the launch failed.'),
  rocket_configuration_id: orNull.integer('Id of the rocket configuration in the API.'),
  rocket_name: orNull.text('Full name of the configuration, such as Falcon 9 Block 5.'),
  pad_id: orNull.integer('Id of the launch pad in the API.'),
  pad_name: orNull.text('Name of the launch pad.'),
} as const satisfies Table['columns'];

export const launches = mainTable('launches', 'Current launch records: time, place, rocket and outcome.', {
  id: notNull.id('UUID of the launch in the API. It never changes.'),
  ...plan,
  slug: orNull.text('Name as it appears in URLs. It changes when the name does.'),
  launch_designator: orNull.text('International designator (COSPAR) of the launch, such as 2025-001.'),
  last_updated: notNull.timestamptz(
    'When the launch itself was last edited. Changes to its pad or provider do not update this time.',
  ),
  hashtag: orNull.text('Hashtag of the launch.'),
  provider_id: orNull.integer('Id of the launch provider in the API; 121 is SpaceX.'),
  provider_name: orNull.text('Name of the launch provider.'),
  provider_type: orNull.text('Type of launch provider, such as Commercial or Government.'),
  rocket_family: orNull.text(
    'Rocket families as listed by the API, separated by commas; null if there are none.',
  ),
  rocket_variant: orNull.text('Variant of the rocket, such as Block 5.'),
  mission_id: orNull.integer('Id of the mission in the API.'),
  mission_name: orNull.text('Name of the mission.'),
  mission_type: orNull.text('Purpose of the mission, such as Communications.'),
  mission_description: orNull.text('Description of the mission.'),
  orbit_id: orNull.integer('Id of the orbit in the API.'),
  orbit_name: orNull.text('Target orbit of the mission.'),
  orbit_abbrev: orNull.text('Abbreviated name of the orbit, such as LEO.'),
  pad_latitude_deg: orNull.double('Latitude of the pad, in degrees north.'),
  pad_longitude_deg: orNull.double('Longitude of the pad, in degrees east.'),
  location_id: orNull.integer('Id of the launch site in the API.'),
  location_name: orNull.text('Name of the launch site.'),
  location_country_code: orNull.text('Country of the launch site, ISO 3166-1 alpha-3.'),
  location_timezone: orNull.text('Time zone of the launch site, such as America/New_York.'),
});

export const boosters = {
  name: 'launch_boosters',
  doc: 'First stages of a launch, including side boosters, and how each one landed.',
  key: ['launch_id', 'stage_id'],
  owner: 'launch_id',
  columns: {
    launch_id: notNull.id('Launch.'),
    stage_id: notNull.integer('Id of this use of the booster in the API.'),
    stage_type: orNull.text('Core or Strap-On Booster.'),
    reused: orNull.boolean('Whether it had flown before; null if the booster is not known yet.'),
    flight_number: orNull.integer('Flights of the booster up to and including this one.'),
    launcher_id: orNull.integer('Id of the booster in the API.'),
    launcher_serial: orNull.text(
      'Serial number of the booster. Placeholders share one, such as Unknown F9; see launcher_is_placeholder.',
    ),
    launcher_flight_proven: orNull.boolean('Whether the booster has flown at least once.'),
    launcher_is_placeholder: orNull.boolean(
      'Whether this is a placeholder for a booster that is not known yet.',
    ),
    launcher_status_id: orNull.integer("Id of the booster's current status in the API."),
    launcher_status_name: orNull.text('Name of that status, such as active, lost or expended.'),
    previous_launch_id: orNull.id("The booster's previous launch.", { references: 'launches' }),
    previous_launch_date: orNull.timestamptz("Time of the booster's previous launch."),
    turnaround_s: orNull.bigint('Time since the previous launch, in seconds.'),
    landing_attempt: orNull.boolean('Whether a landing attempt is planned or was made.'),
    landing_success: orNull.boolean('Whether the landing succeeded; null until it has been attempted.'),
    landing_type_abbrev: orNull.text('Abbreviated landing type: ASDS (drone ship), RTLS, Ocean or EXP.'),
    landing_type_name: orNull.text('Landing type.'),
    landing_location_id: orNull.integer('Id of the landing location in the API.'),
    landing_location_abbrev: orNull.text('Abbreviated landing location, such as OCISLY or LZ-40.'),
    landing_location_name: orNull.text('Name of the landing location.'),
    downrange_km: orNull.double('Distance from the pad to the landing, in kilometers.'),
  },
} as const satisfies Table;

export const updates = {
  name: 'launch_updates',
  doc: "The librarians' notes about a launch: what they changed, and why.",
  key: ['launch_id', 'update_id'],
  owner: 'launch_id',
  columns: {
    launch_id: notNull.id('Launch.'),
    update_id: notNull.integer('Id of the note in the API.'),
    created_by: orNull.text('Librarian who wrote the note.'),
    created_on: orNull.timestamptz('When the note was written.'),
    comment: orNull.text('Text of the note.'),
    info_url: orNull.text("URL of the note's source."),
  },
} as const satisfies Table;

export const versions = {
  name: 'launch_versions',
  doc: 'Every version of each launch that was received. Versions remain when the launch changes or is deleted. See launch_history.',
  key: ['launch_id', 'last_updated'],
  owner: 'launch_id',
  keep: true,
  columns: {
    launch_id: notNull.id('Launch; it may have been deleted since.'),
    last_updated: notNull.timestamptz('When the librarians made this version.'),
    ...plan,
  },
} as const satisfies Table;
