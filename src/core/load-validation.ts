import { compileValidation, type Validation } from './validation.ts';
import type { Schema } from './schema.ts';

/**
 * Compiles the validation of a resource's contract. In the published package, scripts/precompile.ts replaces this
 * module.
 */
export async function loadValidation(contract: Schema): Promise<Validation> {
  return compileValidation(contract);
}
