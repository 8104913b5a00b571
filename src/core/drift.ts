import { JSON_TYPES, type JsonType, type Profile, type ProfiledField } from './profile.ts';

export type DriftKind =
  | 'unknown_field' // not in the contract
  | 'new_type' // not allowed by the contract
  | 'new_value' // not in the contract's list, or unusable
  | 'nulls' // their share changed
  | 'absent'; // the share of objects without the field changed

/** What changed at one JSON Pointer. */
export type Drift = {
  readonly kind: DriftKind;
  readonly path: string;
  /**
   * The new type; for an unknown field, all its types, joined by `|`; or the new value. Null for a share, and for
   * values that are not listed individually.
   */
  readonly found: string | null;
  /**
   * For an unknown field, the number of records with the field; for an absent field, the number of objects without
   * it; otherwise, the number of values.
   */
  readonly count: number;
  /**
   * The previous and current shares, from 0 to 1. `before` is null if there is no earlier profile, `now` if only
   * changes were pulled. Both are null if the kind has no share.
   */
  readonly before: number | null;
  readonly now: number | null;
};

/** Changes of a new kind, as opposed to a share that only rose or fell. */
export const NOVELTIES = [
  'unknown_field',
  'new_type',
  'new_value',
  'first_appearance', // a field that was always absent or null
  'first_null', // there was always a value
  'first_absence', // the field was always present
  'gone_field', // always absent or null
] as const;

/** Null for a share that only rose or fell, and if there is no earlier profile. */
export function noveltyOf({ before, kind, now }: Drift): (typeof NOVELTIES)[number] | null {
  if (kind !== 'nulls' && kind !== 'absent') return kind;
  if (before === null) return null;
  if (now === 1) return 'gone_field';
  if (before === 1) return 'first_appearance';
  if (before !== 0) return null;
  return kind === 'nulls' ? 'first_null' : 'first_absence';
}

/**
 * A share must change by more than both limits: with few values, or by a few percent, it varies from pull to pull.
 */
const MOVED_SHARE = 0.05;
const MOVED_VALUES = 5;

/**
 * Returns what changed since an earlier profile. Without one, returns what the contract does not describe, and fields
 * that never appear.
 */
export function compareProfiles(now: Profile, before: Profile | null): Drift[] {
  const earlier = new Map(before?.fields.map((field) => [field.path, field]));
  const current = new Map(now.fields.map((field) => [field.path, field]));
  const reported = new Set<string>();
  const found = now.fields.flatMap((field) => {
    const old = earlier.get(field.path) ?? null;
    const isNew = field.contract === null && old === null;
    // When something new is reported, the report covers everything inside it.
    if (isNew && reported.has(parentOf(field.path))) {
      reported.add(field.path);
      return [];
    }
    const shapes = isNew ? [unknownField(field)] : [...newTypes(field, old), ...newValues(field, old)];
    if (shapes.some(({ kind }) => kind !== 'new_value')) reported.add(field.path);
    const nullIsNew = shapes.some(({ found: type, kind }) => kind === 'new_type' && type === 'null');
    return [...shapes, ...movedShares(field, old).filter(({ kind }) => !(nullIsNew && kind === 'nulls'))];
  });
  // Fields that seem to be missing may be among the fields that were counted but not listed.
  const known = now.untold > 0 ? [] : [...earlier.values()];
  const gone = known.flatMap((old) => {
    const parent = current.get(parentOf(old.path));
    if (current.has(old.path) || parent === undefined || old.path.endsWith('/*')) return [];
    const absent = parent.types.object ?? 0;
    return movedShares({ ...old, types: {}, absent }, old);
  });
  return [...found, ...gone];
}

/**
 * Returns the novelties after an incremental pull, where shares are meaningless because only part of the records
 * arrived.
 */
export function noveltiesInPart(moved: readonly Drift[]): Drift[] {
  return moved.flatMap((one) => {
    if (one.kind !== 'nulls' && one.kind !== 'absent') return [one];
    const isFirst = one.before === 0 || (one.before === 1 && one.now !== 1);
    return isFirst ? [{ ...one, now: null }] : [];
  });
}

function unknownField({ path, records, types }: ProfiledField): Drift {
  const found = JSON_TYPES.filter((type) => types[type] !== undefined).join('|');
  return { kind: 'unknown_field', path, found, count: records ?? 0, before: null, now: null };
}

function newTypes(field: ProfiledField, old: ProfiledField | null): Drift[] {
  const { contract, path, types } = field;
  const isKnown = (type: JsonType): boolean => {
    if (contract === null ? type === 'null' : contract.length === 0 || contract.includes(type)) return true;
    return old?.types[type] !== undefined || (type === 'integer' && old?.types.number !== undefined);
  };
  return JSON_TYPES.flatMap((type) => {
    const count = types[type];
    if (count === undefined || isKnown(type)) return [];
    return [{ kind: 'new_type', path, found: type, count, before: null, now: null } as const];
  });
}

function newValues({ path, values, other_values }: ProfiledField, old: ProfiledField | null): Drift[] {
  const known = new Set(old?.values.map(({ value }) => value));
  const fresh = values.filter(({ value }) => !known.has(value));
  const others = other_values > 0 && (old?.other_values ?? 0) === 0 ? [other_values] : [];
  return [
    ...fresh.map(({ value, count }) => ({ found: value, count })),
    ...others.map((count) => ({ found: null, count })),
  ].map((one) => ({ kind: 'new_value', path, ...one, before: null, now: null }));
}

type Share = { readonly part: number; readonly of: number };

function movedShares(field: ProfiledField, old: ProfiledField | null): Drift[] {
  if (old === null) return neverSeen(field);
  return (['nulls', 'absent'] as const).flatMap((kind) => {
    const before = shareOf(kind, old);
    const now = shareOf(kind, field);
    if (!hasMoved(before, now)) return [];
    const shares = { before: ratio(before), now: ratio(now) };
    return [{ kind, path: field.path, found: null, count: now.part, ...shares }];
  });
}

function neverSeen({ absent, path, types }: ProfiledField): Drift[] {
  if (absent === 0 || Object.keys(types).length > 0) return [];
  return [{ kind: 'absent', path, found: null, count: absent, before: null, now: 1 }];
}

function shareOf(kind: 'nulls' | 'absent', { absent, types }: ProfiledField): Share {
  const values = Object.values(types).reduce((sum, count) => sum + count, 0);
  return kind === 'nulls' ? { part: types.null ?? 0, of: values } : { part: absent, of: values + absent };
}

/**
 * Reports a share that was 0 or 1, or is 1 now, no matter how few values there are. Nothing had shown before that the
 * source can send such values, and programs that read the rows might not handle them. After that, it is a share like
 * any other. A share that falls to 0 is not reported this way, because a program that handles values with and without
 * nulls or absences also handles values without them. A share of zero values never changes.
 */
function hasMoved(before: Share, now: Share): boolean {
  if (before.of === 0 || now.of === 0) return false;
  const [was, is] = [ratio(before), ratio(now)];
  const moved = Math.abs(was - is);
  if (was === 0 || was === 1 || is === 1) return moved > 0;
  return moved > MOVED_SHARE && moved * Math.min(before.of, now.of) > MOVED_VALUES;
}

function ratio({ part, of }: Share): number {
  return part / of;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
