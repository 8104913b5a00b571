/** The fields that faults can break in a collection's records; null if the collection has no such field. */
export type Fields = {
  readonly required: string;
  /** A field that cannot be null. */
  readonly filled: string;
  readonly text: string;
  /** A field that cannot be text. */
  readonly noText: string;
  readonly choice: string | null;
  readonly date: string | null;
  /** The part of the timestamp after the date. */
  readonly time: string;
  /** A timestamp that may have an offset, or a date, which may not. */
  readonly local: string | null;
  /** An integer of at most four bytes. */
  readonly whole: string | null;
  readonly number: string | null;
};

const NONE = { choice: null, date: null, time: '', local: null, whole: null, number: null };
const MILLISECONDS = 'T12:00:00.000Z';

/** By collection. Collections with a single object are not listed, because faults never break their records. */
export const BAD_FIELDS: Readonly<Record<string, Fields>> = {
  launches: {
    ...named('name', 'upcoming'),
    choice: 'date_precision',
    date: 'date_utc',
    time: MILLISECONDS,
    local: 'date_local',
    ...counted('flight_number'),
  },
  rockets: {
    ...named('name', 'active'),
    date: 'first_flight',
    local: 'first_flight',
    ...counted('stages'),
  },
  launchpads: { ...withStatus('full_name', 'launch_attempts'), ...counted('launch_attempts') },
  landpads: { ...withStatus('full_name', 'landing_attempts'), ...counted('landing_attempts') },
  cores: { ...withStatus('serial', 'reuse_count'), ...counted('reuse_count') },
  capsules: { ...withStatus('serial', 'reuse_count'), ...counted('water_landings') },
  ships: { ...named('name', 'active'), ...counted('year_built') },
  crew: withStatus('name', 'launches'),
  dragons: {
    ...named('name', 'active'),
    date: 'first_flight',
    local: 'first_flight',
    ...counted('crew_capacity'),
  },
  payloads: {
    ...named('name', 'reused'),
    filled: 'customers',
    date: 'epoch',
    time: MILLISECONDS,
    local: 'epoch',
    number: 'mass_kg',
  },
  starlink: { ...named('version', 'height_km'), filled: 'spaceTrack', number: 'height_km' },
  history: {
    ...named('title', 'event_date_unix'),
    filled: 'links',
    date: 'event_date_utc',
    time: 'T12:00:00Z',
    local: 'event_date_utc',
    number: 'event_date_unix',
  },
  'launch-library': { ...named('name', 'status'), date: 'net', time: 'T12:00:00Z' },
};

function named(text: string, noText: string): Fields {
  return { ...NONE, required: text, filled: text, text, noText };
}

function withStatus(text: string, noText: string): Fields {
  return { ...NONE, required: 'status', filled: 'status', text, noText, choice: 'status' };
}

function counted(whole: string): Pick<Fields, 'whole' | 'number'> {
  return { whole, number: whole };
}
