import { compileCheck, type Check } from './check.ts';
import type { Schema } from './schema.ts';

/** The check of a resource's contract. The published package has another module here: scripts/precompile.ts. */
export async function loadCheck(contract: Schema): Promise<Check> {
  return compileCheck(contract);
}
