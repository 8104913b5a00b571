import { badKindAt, badKindsOf, spoil, type BadKind } from './bad-records.ts';
import type { Collection } from './collection.ts';
import type { FaultSpec } from './fault-spec.ts';
import { chosen } from './random.ts';

/** How the faults of a request change the records and their serialization. */
export type Shape = {
  readonly seed: number;
  readonly badShare: number;
  readonly badKind: BadKind | null;
  readonly goneShare: number;
  readonly pretty: boolean;
  readonly bom: boolean;
  /** '' to write the array on one line. */
  readonly newline: '' | '\n' | '\r\n';
};

const BAD = 11;
const GONE = 12;
/** The maximum distance between a duplicate and the record whose id it repeats. */
const LOOK_BACK = 1000;

export function createShape(seed: number, faults: readonly FaultSpec[]): Shape {
  const named = (name: string): FaultSpec | undefined => faults.find((fault) => fault.name === name);
  const pretty = named('pretty') !== undefined;
  const lineBreak = pretty ? '\n' : '';
  return {
    seed,
    badShare: named('bad')?.amount ?? 0,
    badKind: named('bad')?.badKind ?? null,
    goneShare: named('gone')?.amount ?? 0,
    pretty,
    bom: named('bom') !== undefined,
    newline: named('crlf') === undefined ? lineBreak : '\r\n',
  };
}

export function isGone({ seed, goneShare }: Shape, index: number): boolean {
  return goneShare > 0 && chosen(goneShare, seed, index, GONE);
}

/** The array of the records that `wanted` accepts, as pieces of text. */
export function* arrayText(
  collection: Collection,
  shape: Shape,
  wanted: (index: number) => boolean,
): Generator<string | Buffer, void, undefined> {
  const { newline } = shape;
  const gap = newline + (shape.pretty ? '  ' : '');
  if (shape.bom) yield '\u{feff}';
  yield '[';
  let first = true;
  for (let index = 0; index < collection.count; index += 1) {
    if (!wanted(index) || isGone(shape, index)) continue;
    const record = recordText(collection, shape, index);
    const before = first ? gap : `,${gap}`;
    yield typeof record === 'string' ? before + record : Buffer.concat([Buffer.from(before), record]);
    first = false;
  }
  yield `${newline}]`;
}

export function recordText(collection: Collection, shape: Shape, index: number): string | Buffer {
  const json = collection.json(index);
  const write = (value: unknown): string => writeValue(value, shape);
  const kind = badKind(collection, shape, index);
  if (kind !== null) {
    return spoil(kind, collection.name, json, earlierId(collection, shape, index), write);
  }
  return shape.pretty ? write(JSON.parse(json)) : json;
}

function writeValue(value: unknown, { pretty, newline }: Shape): string {
  // Raw line breaks occur only between values, because line breaks inside strings are escaped.
  return pretty ? JSON.stringify(value, null, 2).replaceAll('\n', `${newline}  `) : JSON.stringify(value);
}

/** Null if the record is good. */
function badKind({ name, lot }: Collection, shape: Shape, index: number): BadKind | null {
  const drawn = lot?.(index) ?? index;
  if (shape.badShare === 0 || !chosen(shape.badShare, shape.seed, drawn, BAD)) return null;
  const kinds = badKindsOf(name);
  if (shape.badKind === null) return badKindAt(kinds, shape.seed, drawn) ?? null;
  return kinds.includes(shape.badKind) ? shape.badKind : null;
}

/** The id of the nearest earlier good record. */
function earlierId(collection: Collection, shape: Shape, index: number): string | null {
  for (let before = index - 1; before >= Math.max(0, index - LOOK_BACK); before -= 1) {
    if (badKind(collection, shape, before) === null && !isGone(shape, before)) return collection.id(before);
  }
  return null;
}
