import { hash } from './random.ts';

/** A good record, to be broken. */
type Good = {
  readonly json: string;
  /** Of a good record before this one, null where there is none. */
  readonly earlierId: string | null;
  readonly fields: typeof LAUNCH | typeof ROCKET;
  /** The record with one field changed, or left out where the value is undefined. */
  readonly set: (field: string, value: unknown) => string;
};

const MARK = '<simulated fault>';
const LAUNCH = {
  flag: 'upcoming',
  choice: ['date_precision', 'second'],
  date: 'date_utc',
  time: 'T12:00:00.000Z',
  local: 'date_local',
  whole: 'flight_number',
} as const;
/** A rocket has no choice and no timestamp: other fields stand in for them. */
const ROCKET = {
  flag: 'active',
  choice: ['type', 7],
  date: 'first_flight',
  time: '',
  local: 'first_flight',
  whole: 'stages',
} as const;

/** Ways in which a record breaks its contract, or an element its array. */
const SPOILERS = {
  'missing-field': ({ set }: Good) => set('name', undefined),
  'missing-id': ({ set }: Good) => set('id', undefined),
  'duplicate-id': ({ set, earlierId }: Good) => set('id', earlierId ?? undefined),
  null: ({ set }: Good) => set('name', null),
  'wrong-type': ({ set, fields }: Good) => set(fields.flag, 'yes'),
  'wrong-enum': ({ set, fields }: Good) => set(fields.choice[0], fields.choice[1]),
  'bad-date': ({ set, fields }: Good) => set(fields.date, `2023-02-30${fields.time}`),
  'offset-16': ({ set, fields }: Good) => set(fields.local, '2023-02-28T12:00:00+16:00'),
  'year-0000': ({ set, fields }: Good) => set(fields.date, `0000-01-01${fields.time}`),
  'integer-overflow': ({ set, fields }: Good) => set(fields.whole, 2 ** 31),
  'number-overflow': ({ set, fields }: Good) => set(fields.whole, MARK).replace(`"${MARK}"`, '1e400'),
  'nul-in-text': ({ set }: Good) => set('name', 'Simulated NUL \0 in text'),
  'lone-surrogate': ({ set }: Good) => set('name', 'Simulated lone surrogate \ud83d in text'),
  'invalid-utf8': ({ set }: Good) => withInvalidUtf8(set('name', `Simulated invalid UTF-8 ${MARK} in text`)),
  'element-number': () => '17',
  'element-string': () => '"simulated"',
  'element-null': () => 'null',
  'element-array': ({ json }: Good) => `[${json}]`,
  malformed: () => '{"id":"simulated","tbd":tru}',
} as const;

export type BadKind = keyof typeof SPOILERS;
export const BAD_KINDS: readonly BadKind[] = Object.keys(SPOILERS).filter(isBadKind);

const KIND = 21;

export function isBadKind(name: string): name is BadKind {
  return Object.hasOwn(SPOILERS, name);
}

export function badKindOf(seed: number, index: number): BadKind {
  return BAD_KINDS[hash(seed, index, KIND) % BAD_KINDS.length] ?? 'missing-field';
}

/** The broken element in place of the good record `json`. `write` is how the body writes its values. */
export function spoil(
  kind: BadKind,
  json: string,
  earlierId: string | null,
  write: (value: unknown) => string,
): string | Buffer {
  const record: Readonly<Record<string, unknown>> = JSON.parse(json);
  return SPOILERS[kind]({
    json,
    earlierId,
    fields: 'flight_number' in record ? LAUNCH : ROCKET,
    set: (field, value) => write({ ...record, [field]: value }),
  });
}

function withInvalidUtf8(text: string): Buffer {
  const [before, after] = text.split(MARK);
  return Buffer.concat([
    Buffer.from(before ?? ''),
    Buffer.from([0xc3, 0x28, 0xff]),
    Buffer.from(after ?? ''),
  ]);
}
