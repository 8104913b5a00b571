import {
  between,
  bool,
  duration,
  nonBlankText,
  integer,
  lenient,
  lenientArray,
  nullable,
  number,
  text,
  timestamp,
  uuid,
} from '../../core/contract.ts';
import type { Schema } from '../../core/schema.ts';
import { objectAt } from './ignored.ts';

/** Null is expected. */
const maybe = <T>(schema: Schema<T>): Schema<T | null> => lenient(nullable(schema));

const STAGE = '/rocket/launcher_stage/*';

const landing = objectAt(`${STAGE}/landing`, {
  attempt: maybe(bool()),
  success: maybe(bool()),
  downrange_distance: maybe(number()),
  landing_location: maybe(
    objectAt(`${STAGE}/landing/landing_location`, {
      id: lenient(integer()),
      name: lenient(text()),
      abbrev: lenient(text()),
    }),
  ),
  type: maybe(objectAt(`${STAGE}/landing/type`, { name: lenient(text()), abbrev: lenient(text()) })),
});

const stage = objectAt(STAGE, {
  id: integer(),
  type: lenient(text()),
  reused: maybe(bool()),
  launcher_flight_number: maybe(integer()),
  launcher: lenient(
    objectAt(`${STAGE}/launcher`, {
      id: lenient(integer()),
      serial_number: maybe(text()),
      flight_proven: lenient(bool()),
      is_placeholder: lenient(bool()),
      status: maybe(objectAt(`${STAGE}/launcher/status`, { id: lenient(integer()), name: lenient(text()) })),
    }),
  ),
  previous_flight_date: maybe(timestamp()),
  turn_around_time: maybe(duration()),
  landing: maybe(landing),
  previous_flight: maybe(objectAt(`${STAGE}/previous_flight`, { id: lenient(uuid()) })),
});

const rocket = objectAt('/rocket', {
  configuration: lenient(
    objectAt('/rocket/configuration', {
      id: lenient(integer()),
      full_name: lenient(text()),
      variant: lenient(text()),
      families: lenientArray(objectAt('/rocket/configuration/families/*', { name: text() })),
    }),
  ),
  launcher_stage: lenientArray(stage),
});

const mission = objectAt('/mission', {
  id: lenient(integer()),
  name: lenient(text()),
  type: lenient(text()),
  description: maybe(text()),
  orbit: maybe(
    objectAt('/mission/orbit', {
      id: lenient(integer()),
      name: lenient(text()),
      abbrev: lenient(text()),
    }),
  ),
});

const location = objectAt('/pad/location', {
  id: lenient(integer()),
  name: lenient(text()),
  country: maybe(objectAt('/pad/location/country', { alpha_3_code: lenient(text()) })),
  timezone_name: lenient(text()),
});

const pad = objectAt('/pad', {
  id: lenient(integer()),
  name: lenient(text()),
  latitude: maybe(between(-90, 90)),
  longitude: maybe(between(-180, 180)),
  location: maybe(location),
});

/**
 * One record of GET /launches/?mode=detailed. A record of `mode=normal` also satisfies the contract. Only the essential
 * fields of a launch are required, because the API does not always send the fields that its own document lists under
 * `required`.
 */
export const contract = objectAt('', {
  id: uuid(),
  name: nonBlankText(),
  slug: lenient(text()),
  launch_designator: maybe(text()),
  status: objectAt('/status', { id: integer(), name: lenient(text()), abbrev: lenient(text()) }),
  last_updated: timestamp(),
  net: timestamp(),
  net_precision: maybe(objectAt('/net_precision', { id: lenient(integer()), name: lenient(text()) })),
  window_start: lenient(timestamp()),
  window_end: lenient(timestamp()),
  probability: maybe(integer()),
  weather_concerns: maybe(text()),
  failreason: maybe(text()),
  hashtag: maybe(text()),
  launch_service_provider: lenient(
    objectAt('/launch_service_provider', {
      id: lenient(integer()),
      name: lenient(text()),
      type: maybe(objectAt('/launch_service_provider/type', { name: lenient(text()) })),
    }),
  ),
  rocket: maybe(rocket),
  mission: maybe(mission),
  pad: maybe(pad),
  updates: lenientArray(
    objectAt('/updates/*', {
      id: integer(),
      created_by: maybe(text()),
      comment: maybe(text()),
      info_url: maybe(text()),
      created_on: lenient(timestamp()),
    }),
  ),
});
