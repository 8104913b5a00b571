import { compileValidation, type Validation } from './validation.ts';
import type { Schema } from './schema.ts';

/** The validation of a resource's contract. The published package replaces this module: scripts/precompile.ts. */
export async function loadValidation(contract: Schema): Promise<Validation> {
  return compileValidation(contract);
}
