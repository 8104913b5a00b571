import { BAD_FIELDS, type Fields } from './bad-fields.ts';
import { hash } from './random.ts';

/** A good record that a fault breaks. */
type Good = {
  readonly json: string;
  /** The id of an earlier good record; null if there is none. */
  readonly earlierId: string | null;
  /** The name of the record's field to break. */
  readonly field: (part: keyof Fields) => string;
  /** The record with one field changed, or without the field if the value is undefined. */
  readonly set: (field: string, value: unknown) => string;
};

const MARK = '<simulated fault>';

/** Ways to break a record, or to replace it with an invalid array element. */
const SPOILERS = {
  'missing-field': ({ set, field }: Good) => set(field('required'), undefined),
  'missing-id': ({ set }: Good) => set('id', undefined),
  'duplicate-id': ({ set, earlierId }: Good) => set('id', earlierId ?? undefined),
  null: ({ set, field }: Good) => set(field('filled'), null),
  'wrong-type': ({ set, field }: Good) => set(field('noText'), 'yes'),
  'wrong-enum': ({ set, field }: Good) => set(field('choice'), 'second'),
  'bad-date': ({ set, field }: Good) => set(field('date'), `2023-02-30${field('time')}`),
  'offset-16': ({ set, field }: Good) => set(field('local'), '2023-02-28T12:00:00+16:00'),
  'year-0000': ({ set, field }: Good) => set(field('date'), `0000-01-01${field('time')}`),
  'integer-overflow': ({ set, field }: Good) => set(field('whole'), 2 ** 31),
  'number-overflow': ({ set, field }: Good) => set(field('number'), MARK).replace(`"${MARK}"`, '1e400'),
  'nul-in-text': ({ set, field }: Good) => set(field('text'), 'Simulated NUL \0 in text'),
  'lone-surrogate': ({ set, field }: Good) => set(field('text'), 'Simulated lone surrogate \ud83d in text'),
  'invalid-utf8': ({ set, field }: Good) =>
    withInvalidUtf8(set(field('text'), `Simulated invalid UTF-8 ${MARK} in text`)),
  'element-number': () => '17',
  'element-string': () => '"simulated"',
  'element-null': () => 'null',
  'element-array': ({ json }: Good) => `[${json}]`,
  malformed: () => '{"id":"simulated","tbd":tru}',
} as const;

export type BadKind = keyof typeof SPOILERS;
export const BAD_KINDS: readonly BadKind[] = Object.keys(SPOILERS).filter(isBadKind);

const NEEDS: Partial<Record<BadKind, keyof Fields>> = {
  'wrong-enum': 'choice',
  'bad-date': 'date',
  'offset-16': 'local',
  'year-0000': 'date',
  'integer-overflow': 'whole',
  'number-overflow': 'number',
};

const KIND = 21;

export function isBadKind(name: string): name is BadKind {
  return Object.hasOwn(SPOILERS, name);
}

/** The kinds of faults that a collection's records can have. */
export function badKindsOf(collection: string): readonly BadKind[] {
  const fields = BAD_FIELDS[collection];
  return fields === undefined ? [] : BAD_KINDS.filter((kind) => fields[NEEDS[kind] ?? 'required'] !== null);
}

export function badKindAt(kinds: readonly BadKind[], seed: number, index: number): BadKind | undefined {
  return kinds[hash(seed, index, KIND) % kinds.length];
}

/**
 * The broken element that replaces the good record `json`. `write` serializes values in the same way as the rest of the
 * body.
 */
export function spoil(
  kind: BadKind,
  collection: string,
  json: string,
  earlierId: string | null,
  write: (value: unknown) => string,
): string | Buffer {
  const record: Readonly<Record<string, unknown>> = JSON.parse(json);
  return SPOILERS[kind]({
    json,
    earlierId,
    field: (part) => BAD_FIELDS[collection]?.[part] ?? 'id',
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
