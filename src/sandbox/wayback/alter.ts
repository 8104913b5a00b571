import { etagOf } from './copies.ts';
import type { WaybackFault, WaybackFaultName } from './faults.ts';

/** Changes the bytes of a body, but not its records, by inserting a space after the first bracket. */
export function applyContent(body: Buffer, faults: readonly WaybackFault[]): Buffer {
  if (!faults.some(({ name }) => name === 'altered')) return body;
  return Buffer.concat([body.subarray(0, 1), Buffer.from(' '), body.subarray(1)]);
}

/** The part of the bytes that is sent. */
export function applyCut(bytes: Buffer, faults: readonly WaybackFault[]): Buffer {
  if (faults.some(({ name }) => name === 'no-body')) return Buffer.alloc(0);
  const cut = faults.find(({ name }) => name === 'truncate');
  if (cut === undefined) return bytes;
  return bytes.subarray(0, cut.value === '' ? Math.floor(bytes.length / 2) : cut.amount);
}

/** The ETag sent with a body; null for none. */
export function applyProof(whole: Buffer, faults: readonly WaybackFault[]): string | null {
  const fault = faults.find(({ effect }) => effect === 'proof');
  const prove = fault === undefined ? etagOf : (PROOFS[fault.name] ?? etagOf);
  return prove(whole);
}

const PROOFS: Partial<Record<WaybackFaultName, (whole: Buffer) => string | null>> = {
  'no-etag': () => null,
  'weak-etag': (whole) => `W/${etagOf(whole)}`,
  // In nginx's format, which consists of a time and the length.
  'foreign-etag': (whole) => `"5f7c1a2b-${whole.length.toString(16)}"`,
  // A different hash, but the correct length.
  'wrong-etag': (whole) => etagOf(Buffer.concat([Buffer.alloc(1), whole.subarray(1)])),
};
