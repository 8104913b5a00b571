import type { StagedReject } from '../core/target.ts';
import type { ErroredRecord } from './validate.ts';
import { sha256Of } from '../lib/sha256.ts';

/** A larger record is stored only in its raw file. */
const KEPT_BYTES = 64 << 10;

/**
 * What the ledger stores about a record that was set aside. Records of one id that break the contract in the same
 * places have the same fingerprint, whatever their values. A record without a readable id is identified by its bytes.
 */
export function stagedReject({ slice, page, id, faults }: ErroredRecord): StagedReject {
  const places = new Set(
    faults.map(({ path, code }) => `${path.replaceAll(/\/\d+(?=\/|$)/g, '/*')} ${code}`),
  );
  return {
    record_id: id ?? `sha256:${digest(slice.bytes)}`,
    fingerprint: digest([...places].sort().join('\n')),
    errors: JSON.stringify(faults),
    record_page: page,
    record_index: slice.index,
    record_offset: slice.offset,
    record: slice.bytes.byteLength <= KEPT_BYTES ? Buffer.from(slice.bytes) : null,
  };
}

function digest(data: string | Uint8Array): string {
  return sha256Of(data).slice(0, 16);
}
