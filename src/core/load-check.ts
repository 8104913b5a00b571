import { compileCheck, type Check } from './check.ts';
import type { Schema } from './schema.ts';

/** The check of a resource's contract. The published package replaces this module: scripts/precompile.ts. */
export async function loadCheck(contract: Schema): Promise<Check> {
  return compileCheck(contract);
}
