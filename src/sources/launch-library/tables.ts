import type { Table } from '../../core/table.ts';

/** The columns of the plan, in launches and in each version of them. */
const plan = {
  name: {
    type: 'text',
    nullable: false,
    doc: 'Rocket and mission. It changes, and several launches may share it.',
  },
  status_id: {
    type: 'integer',
    nullable: false,
    doc: 'Status: 1 Go, 2 TBD, 3 Success, 4 Failure, 5 Hold, 6 In Flight, 8 TBC, 9 Payload Deployed; others may come.',
  },
  status_name: { type: 'text', doc: 'Status in words.' },
  status_abbrev: { type: 'text', doc: 'Status in short, such as Go or TBC.' },
  net: {
    type: 'timestamptz',
    nullable: false,
    doc: 'Time of the launch, or the time before which it will not be ("no earlier than"). See net_precision_name.',
  },
  net_precision_id: {
    type: 'integer',
    doc: 'Precision of net, from 0 (second); null for some old launches.',
  },
  net_precision_name: {
    type: 'text',
    doc: 'Precision of net, such as Minute, Day or Month. Where it is coarse, net is the end of the period.',
  },
  window_start: { type: 'timestamptz', doc: 'Start of the launch window.' },
  window_end: { type: 'timestamptz', doc: 'End of the launch window.' },
  probability_pct: {
    type: 'integer',
    doc: 'Chance that the weather allows the launch, in percent; null where unknown.',
  },
  weather_concerns: { type: 'text', doc: 'What could be wrong with the weather.' },
  fail_reason: { type: 'text', doc: 'Why the launch failed.' },
  rocket_configuration_id: { type: 'integer', doc: 'Configuration of the rocket in the API.' },
  rocket_name: { type: 'text', doc: 'Full name of the configuration, such as Falcon 9 Block 5.' },
  pad_id: { type: 'integer', doc: 'Launch pad in the API.' },
  pad_name: { type: 'text', doc: 'Name of the launch pad.' },
} as const satisfies Table['columns'];

export const launches = {
  name: 'launches',
  doc: 'Launches as the librarians have them now: when, where, on what, how it went.',
  key: ['id'],
  owner: 'id',
  columns: {
    id: { type: 'id', nullable: false, doc: 'UUID of the launch in the API. It never changes.' },
    ...plan,
    slug: { type: 'text', doc: 'Name as it appears in URLs. It changes with the name.' },
    launch_designator: {
      type: 'text',
      doc: 'International designator (COSPAR) of the launch, such as 2025-001.',
    },
    last_updated: {
      type: 'timestamptz',
      nullable: false,
      doc: 'Time at which the launch itself was last edited. What is said about its pad or provider changes without it.',
    },
    hashtag: { type: 'text', doc: 'Hashtag of the launch.' },
    provider_id: { type: 'integer', doc: 'Agency that launches, in the API; 121 is SpaceX.' },
    provider_name: { type: 'text', doc: 'Name of the agency that launches.' },
    provider_type: { type: 'text', doc: 'Kind of that agency, such as Commercial or Government.' },
    rocket_family: {
      type: 'text',
      doc: 'Families of the rocket as the API lists them, separated by commas; null where it has none.',
    },
    rocket_variant: { type: 'text', doc: 'Variant of the rocket, such as Block 5.' },
    mission_id: { type: 'integer', doc: 'Mission in the API.' },
    mission_name: { type: 'text', doc: 'Name of the mission.' },
    mission_type: { type: 'text', doc: 'Purpose of the mission, such as Communications.' },
    mission_description: { type: 'text', doc: 'What the mission is about, in prose.' },
    orbit_id: { type: 'integer', doc: 'Orbit in the API.' },
    orbit_name: { type: 'text', doc: 'Orbit that the mission goes to.' },
    orbit_abbrev: { type: 'text', doc: 'The same in short, such as LEO.' },
    pad_latitude_deg: { type: 'double precision', doc: 'Latitude of the pad, in degrees north.' },
    pad_longitude_deg: { type: 'double precision', doc: 'Longitude of the pad, in degrees east.' },
    location_id: { type: 'integer', doc: 'Launch site in the API.' },
    location_name: { type: 'text', doc: 'Name of the launch site.' },
    location_country_code: { type: 'text', doc: 'Country of the launch site, ISO 3166-1 alpha-3.' },
    location_timezone: { type: 'text', doc: 'Time zone of the launch site, such as America/New_York.' },
  },
} as const satisfies Table;

export const boosters = {
  name: 'launch_boosters',
  doc: 'First stages of a launch, side boosters included, and how each landed.',
  key: ['launch_id', 'stage_id'],
  owner: 'launch_id',
  columns: {
    launch_id: { type: 'id', nullable: false, doc: 'Launch.' },
    stage_id: { type: 'integer', nullable: false, doc: 'This use of the booster, in the API.' },
    stage_type: { type: 'text', doc: 'Core or Strap-On Booster.' },
    reused: { type: 'boolean', doc: 'Whether it had flown before; null where the booster is not known yet.' },
    flight_number: { type: 'integer', doc: 'Flights of the booster up to and including this one.' },
    launcher_id: { type: 'integer', doc: 'Booster in the API.' },
    launcher_serial: {
      type: 'text',
      doc: 'Serial of the booster. Placeholders share one, such as Unknown F9: launcher_is_placeholder.',
    },
    launcher_flight_proven: { type: 'boolean', doc: 'Whether the booster has flown by now.' },
    launcher_is_placeholder: {
      type: 'boolean',
      doc: 'Whether it stands for a booster that is not known yet.',
    },
    launcher_status_id: { type: 'integer', doc: 'Status of the booster by now, in the API.' },
    launcher_status_name: { type: 'text', doc: 'The same in words, such as active, lost or expended.' },
    previous_launch_id: {
      type: 'id',
      references: 'launches',
      doc: 'Launch on which the booster flew before.',
    },
    previous_launch_date: { type: 'timestamptz', doc: 'Time of that launch.' },
    turnaround_s: { type: 'bigint', doc: 'Time since that launch, in seconds.' },
    landing_attempt: { type: 'boolean', doc: 'Whether it tries to land.' },
    landing_success: { type: 'boolean', doc: 'Whether it landed; null until it has tried.' },
    landing_type_abbrev: {
      type: 'text',
      doc: 'Kind of landing in short: ASDS (drone ship), RTLS, Ocean, EXP.',
    },
    landing_type_name: { type: 'text', doc: 'Kind of landing.' },
    landing_location_id: { type: 'integer', doc: 'Place of the landing in the API.' },
    landing_location_abbrev: { type: 'text', doc: 'Place of the landing in short, such as OCISLY or LZ-40.' },
    landing_location_name: { type: 'text', doc: 'Place of the landing.' },
    downrange_km: { type: 'double precision', doc: 'Distance from the pad to the landing, in kilometres.' },
  },
} as const satisfies Table;

export const updates = {
  name: 'launch_updates',
  doc: 'Notes of the librarians about a launch: what they changed, and why.',
  key: ['launch_id', 'update_id'],
  owner: 'launch_id',
  columns: {
    launch_id: { type: 'id', nullable: false, doc: 'Launch.' },
    update_id: { type: 'integer', nullable: false, doc: 'Note in the API.' },
    created_by: { type: 'text', doc: 'Librarian who wrote it.' },
    created_on: { type: 'timestamptz', doc: 'Time at which it was written.' },
    comment: { type: 'text', doc: 'The note itself.' },
    info_url: { type: 'text', doc: 'Source of the note.' },
  },
} as const satisfies Table;

export const versions = {
  name: 'launch_versions',
  doc: 'Every version of a launch that was received; it stays when the launch changes or is deleted. See launch_history.',
  key: ['launch_id', 'last_updated'],
  owner: 'launch_id',
  keep: true,
  columns: {
    launch_id: { type: 'id', nullable: false, doc: 'Launch, which may not be there any more.' },
    last_updated: {
      type: 'timestamptz',
      nullable: false,
      doc: 'Time at which the librarians made this version.',
    },
    ...plan,
  },
} as const satisfies Table;
