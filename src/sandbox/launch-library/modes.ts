import type { LaunchRecord } from './world.ts';

/** Ordered from the fewest to the most fields. */
export const MODES = ['list', 'normal', 'detailed'] as const;

export type Mode = (typeof MODES)[number];

const LIST =
  'id url name response_mode slug launch_designator status last_updated net net_precision window_end window_start ' +
  'image infographic';
const DETAILS = 'flightclub_url updates info_urls vid_urls timeline pad_turnaround mission_patches';

const LIST_FIELDS = new Set(LIST.split(' '));
const DETAIL_FIELDS = new Set(DETAILS.split(' '));

/** The record in a mode. A record that was received in a less detailed mode is returned unchanged. */
export function showIn(mode: Mode, record: LaunchRecord): LaunchRecord {
  if (rankOf(record['response_mode']) <= rankOf(mode)) return record;
  const kept = Object.entries(record).filter(([field]) =>
    mode === 'list' ? LIST_FIELDS.has(field) : !DETAIL_FIELDS.has(field),
  );
  return Object.fromEntries(kept.map(([field, value]) => [field, lessen(field, value, mode)]));
}

function rankOf(mode: unknown): number {
  return MODES.findIndex((one) => one === mode);
}

/** Reduces a field that has more details in a detailed launch than in a normal one. */
function lessen(field: string, value: unknown, mode: Mode): unknown {
  if (field === 'response_mode') return mode;
  if (!isObject(value)) return value;
  if (field === 'launch_service_provider') return inList(value, ['id', 'url', 'name', 'abbrev', 'type']);
  return field === 'rocket'
    ? { id: value['id'], configuration: configuration(value['configuration']) }
    : value;
}

function configuration(value: unknown): unknown {
  if (!isObject(value)) return value;
  const families = Array.isArray(value['families'])
    ? value['families'].map((family) => (isObject(family) ? inList(family, ['id', 'name']) : family))
    : value['families'];
  return inList({ ...value, families }, ['id', 'url', 'name', 'families', 'full_name', 'variant']);
}

function inList(value: LaunchRecord, fields: readonly string[]): LaunchRecord {
  const entries = fields.filter((field) => field in value).map((field) => [field, value[field]]);
  return { response_mode: 'list', ...Object.fromEntries(entries) };
}

function isObject(value: unknown): value is LaunchRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
