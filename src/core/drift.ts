import { JSON_TYPES, type JsonType, type Profile, type ProfiledField } from './profile.ts';

export type DriftKind =
  | 'unknown_field' // the contract does not know it
  | 'new_type' // the contract does not admit it
  | 'new_value' // none of those that the contract lists, or unusable
  | 'nulls' // their share moved
  | 'absent'; // the share of objects without the field moved

/** What moved at one pointer. */
export type Drift = {
  readonly kind: DriftKind;
  readonly path: string;
  /** The type, or the types of an unknown field by `|`; the value, null where it is not told apart. */
  readonly found: string | null;
  /** Records with an unknown field, else values; objects without the field where it is absent. */
  readonly count: number;
  /**
   * The share before and now, from 0 to 1. Before is null against the contract alone, now is where only what had changed
   * was pulled; both are for other kinds.
   */
  readonly before: number | null;
  readonly now: number | null;
};

/** What is new in kind, as against a share that moved. */
export const NEWS = [
  'unknown_field',
  'new_type',
  'new_value',
  'first_appearance', // of a field that was absent or null wherever it could be
  'first_null', // where a value always was
  'first_absence', // where it always was there
  'gone_field', // absent or null wherever it can be
] as const;

/** Null for a share that moved, and against the contract alone. */
export function newsOf({ before, kind, now }: Drift): (typeof NEWS)[number] | null {
  if (kind !== 'nulls' && kind !== 'absent') return kind;
  if (before === null) return null;
  if (now === 1) return 'gone_field';
  if (before === 1) return 'first_appearance';
  if (before !== 0) return null;
  return kind === 'nulls' ? 'first_null' : 'first_absence';
}

/** By more than both: of a few values, or a few in a hundred, a share goes up and down with every pull. */
const MOVED_SHARE = 0.05;
const MOVED_VALUES = 5;

/** What moved since an earlier profile; without one, what the contract does not know or never saw. */
export function compareProfiles(now: Profile, before: Profile | null): Drift[] {
  const earlier = new Map(before?.fields.map((field) => [field.path, field]));
  const current = new Map(now.fields.map((field) => [field.path, field]));
  const told = new Set<string>();
  const found = now.fields.flatMap((field) => {
    const old = earlier.get(field.path) ?? null;
    const isNew = field.contract === null && old === null;
    // What is new tells of all that is inside.
    if (isNew && told.has(parentOf(field.path))) {
      told.add(field.path);
      return [];
    }
    const shapes = isNew ? [unknownField(field)] : [...newTypes(field, old), ...newValues(field, old)];
    if (shapes.some(({ kind }) => kind !== 'new_value')) told.add(field.path);
    const nullIsNew = shapes.some(({ found: type, kind }) => kind === 'new_type' && type === 'null');
    return [...shapes, ...movedShares(field, old).filter(({ kind }) => !(nullIsNew && kind === 'nulls'))];
  });
  // What is not told apart may be among those that are missing.
  const known = now.untold > 0 ? [] : [...earlier.values()];
  const gone = known.flatMap((old) => {
    const parent = current.get(parentOf(old.path));
    if (current.has(old.path) || parent === undefined || old.path.endsWith('/*')) return [];
    const absent = parent.types.object ?? 0;
    return movedShares({ ...old, types: {}, absent }, old);
  });
  return [...found, ...gone];
}

/** What is new in kind, in records that are a part of all: the shares of those say nothing. */
export function newInPart(moved: readonly Drift[]): Drift[] {
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
 * What never was, always was or is no more is told however few values it is: no earlier value says that the source
 * does so, and whoever reads the rows may not be ready for it. Once it was seen, it is a share like any other, and it
 * is no news that nothing lacks a field, or is null, any longer: who was ready for both is so for one. A share of
 * nothing never moves.
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
