import { etagOf } from './copies.ts';
import type { WaybackFault, WaybackFaultName } from './faults.ts';

/** What is sent of a body, and the bytes that its ETag is made of. */
export function applyContent(
  original: Buffer,
  faults: readonly WaybackFault[],
): { readonly body: Buffer; readonly whole: Buffer } {
  const isNamed = (name: string): boolean => faults.some((fault) => fault.name === name);
  // The records stay as they are: a blank is put behind the first bracket.
  const whole = isNamed('altered')
    ? Buffer.concat([original.subarray(0, 1), Buffer.from(' '), original.subarray(1)])
    : original;
  if (isNamed('no-body')) return { body: Buffer.alloc(0), whole };
  const cut = faults.find(({ name }) => name === 'truncate');
  if (cut === undefined) return { body: whole, whole };
  return { body: whole.subarray(0, cut.value === '' ? Math.floor(whole.length / 2) : cut.amount), whole };
}

/** The ETag that comes with a body; null where there is none. */
export function applyProof(whole: Buffer, faults: readonly WaybackFault[]): string | null {
  const fault = faults.find(({ effect }) => effect === 'proof');
  const prove = fault === undefined ? etagOf : (PROOFS[fault.name] ?? etagOf);
  return prove(whole);
}

const PROOFS: Partial<Record<WaybackFaultName, (whole: Buffer) => string | null>> = {
  'no-etag': () => null,
  'weak-etag': (whole) => `W/${etagOf(whole)}`,
  // As nginx makes it: time and length.
  'foreign-etag': (whole) => `"5f7c1a2b-${whole.length.toString(16)}"`,
  // Of the right length.
  'wrong-etag': (whole) => etagOf(Buffer.concat([Buffer.alloc(1), whole.subarray(1)])),
};
