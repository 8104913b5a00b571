import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';

import { FORMATS } from './formats.ts';
import type { ContractFault } from './run.ts';
import type { Schema } from './schema.ts';

/** Returns null if the value satisfies the schema, otherwise every fault. */
export type Validation = (value: unknown) => ContractFault[] | null;

/**
 * Compiles two validators for a schema: a fast one, and one that finds every fault and runs only on values that fail
 * the fast one.
 */
export function compileValidation(schema: Schema): Validation {
  const compile = (allErrors: boolean): ValidateFunction =>
    new Ajv(validationOptions(allErrors)).compile(schema);
  let thorough: ValidateFunction | null = null;
  return createValidation(compile(false), () => (thorough ??= compile(true)));
}

/**
 * @public Combines Ajv's validations of a schema with and without `allErrors`, which scripts/precompile.ts generates.
 */
export function createValidation(isValid: ValidateFunction, thorough: () => ValidateFunction): Validation {
  return (value) => {
    if (isValid(value)) return null;
    const explain = thorough();
    explain(value);
    return (explain.errors ?? []).map(fault);
  };
}

export function validationOptions(allErrors: boolean): Options {
  return {
    meta: false,
    validateSchema: false,
    allErrors,
    verbose: allErrors,
    formats: FORMATS,
    // The keyword of a lenient schema. Ajv ignores its content.
    keywords: ['expected'],
    allowUnionTypes: true,
    // The optimizer added 30 ms to each start and did not make validation faster.
    code: { optimize: false },
  };
}

function fault(error: ErrorObject): ContractFault {
  if (error.keyword === 'required') {
    const name = String(error.params['missingProperty']);
    const path = `${error.instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return { path, code: 'required', message: 'is missing', value: null };
  }
  const found = showValue(error.data);
  return {
    path: error.instancePath,
    code: error.keyword,
    message: `${expectation(error)}, found ${found}`,
    value: keepable(error.data),
  };
}

function expectation(error: ErrorObject): string {
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case 'type':
      return `must be ${[params['type']].flat().join(' or ')}`;
    case 'enum':
      return `must be one of ${JSON.stringify(params['allowedValues'])}`;
    case 'format':
      return FORMAT_MESSAGES[String(params['format'])] ?? `must match format ${String(params['format'])}`;
    case 'pattern':
      return `must match ${String(params['pattern'])}`;
    default:
      return error.message ?? error.keyword;
  }
}

const FORMAT_MESSAGES: Readonly<Record<string, string>> = {
  text: 'must be text that PostgreSQL can store (no NUL, no lone surrogate)',
  timestamp: 'must be a timestamp like 2006-03-24T22:30:00.000Z (years 0001 to 9999, offset below 16:00)',
  'space-time': 'must be a time like 2020-06-19 21:46:09 (years 0001 to 9999)',
  'calendar-date': 'must be a date like 2006-03-24 (years 0001 to 9999)',
};

const SHOWN_CHARACTERS = 80;
const KEPT_CHARACTERS = 1000;

function showValue(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = jsonOf(value) ?? String(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

/** JSON has no infinite numbers, and a huge value is already in the record that is stored with the fault. */
function keepable(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  const text = jsonOf(value) ?? null;
  if (text === TOO_DEEP) return TOO_DEEP;
  return text === null || text.length <= KEPT_CHARACTERS ? value : `${text.slice(0, KEPT_CHARACTERS)}…`;
}

const TOO_DEEP = 'a value that is nested too deeply to be shown';

/** JSON.parse accepts any depth, but JSON.stringify overflows the stack after a few thousand levels. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return TOO_DEEP;
    throw error;
  }
}
