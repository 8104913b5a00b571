import { Ajv, type ErrorObject } from 'ajv';

import { listSettings, valueAt } from './keys.ts';
import { fileSchema } from './schema.ts';
import { sources } from '../sources/index.ts';
import { pointerSteps } from '../lib/json-locate.ts';
import { suggest } from '../lib/suggest.ts';
import { didYouMean, expectation, FORMATS, showFound, similarWord } from './value.ts';
import { PipelineError } from '../core/errors.ts';

type Problem = {
  /** A key such as `limits.rejects.share`; empty for the whole configuration. */
  readonly where: string;
  /** `must be …, found …`, or `unknown key …`. */
  readonly message: string;
};

/** Lists the problems in a configuration, or in a part of one. */
export type ConfigCheck = (value: unknown) => readonly Problem[];

export function compileConfigCheck(): ConfigCheck {
  const formats = Object.fromEntries(
    Object.entries(FORMATS).map(([name, { accepts = () => true }]) => [name, accepts]),
  );
  // The schema is our own and small, so checking it or optimizing its code would cost more time than it saves.
  const trusted = { meta: false, validateSchema: false, code: { optimize: false } } as const;
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, formats, ...trusted });
  const validate = ajv.compile(fileSchema());
  return (value) => {
    if (validate(value)) return [];
    const problems = (validate.errors ?? [])
      .filter(({ keyword }) => keyword !== 'propertyNames')
      .map(problemOf);
    return problems.filter((one, index) => problems.findIndex(({ where }) => where === one.where) === index);
  };
}

/** Throws `usage` with the first problem and the number of further problems. */
export function refuse(
  problems: readonly { readonly source: string; readonly message: string }[],
  hint: string,
): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new PipelineError(`Cannot use ${first.source}: ${first.message}${more}`, { code: 'usage', hint });
}

function problemOf(error: ErrorObject): Problem {
  const path = pointerSteps(error.instancePath);
  const schema = (error.parentSchema ?? {}) as Readonly<Record<string, unknown>>; // Ajv types it as `Object`
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params['additionalProperty']);
    const moved = movedKey(path, name, error.data);
    return moved ?? unknownKey(path, name, Object.keys(schema['properties'] ?? {}));
  }
  const expected = `must be ${expectation(schema, error.data)}`;
  if (error.propertyName !== undefined)
    return {
      where: dotted(path),
      message: `has the key ${showFound(error.propertyName)}, which ${expected}`,
    };
  const found = `found ${showFound(error.data, schema)}${didYouMean(similarWord(schema, error.data))}`;
  return { where: dotted(path), message: `${expected}, ${found}` };
}

/** Names the new key for a key from versions that had only one source. */
function movedKey(path: readonly string[], name: string, parent: unknown): Problem | null {
  const [source] = sources;
  const old = dotted([...path, name]);
  const target = Object.hasOwn(MOVED, old) ? MOVED[old] : undefined;
  if (source === undefined || target === undefined) return null;
  const [inner] = old === 'source' ? Object.keys(Object(valueAt(parent, [name]))) : [];
  const rest = inner === undefined ? '' : `.${inner}`;
  const now = ['sources', source.name, ...target].join('.');
  return { where: old + rest, message: `unknown key "${old}${rest}": it is now "${now}${rest}"` };
}

const MOVED: Readonly<Record<string, readonly string[]>> = {
  source: [],
  resources: ['resources'],
  'database.schema': ['schema'],
  'limits.resources': ['limits'],
};

function unknownKey(path: readonly string[], name: string, siblings: readonly string[]): Problem {
  const where = dotted([...path, name]);
  const sibling = suggest(name, siblings);
  const key = sibling === null ? elsewhere(name) : dotted([...path, sibling]);
  return { where, message: `unknown key ${JSON.stringify(where)}${didYouMean(key)}` };
}

/** A key with this or a similar name in another part of the configuration. */
function elsewhere(name: string): string | null {
  const settings = listSettings();
  const last = suggest(
    name,
    settings.map(({ path }) => path.at(-1) ?? ''),
  );
  return settings.find(({ path }) => path.at(-1) === last)?.key ?? null;
}

/** Formats a path as `limits.rejects.share` or `resources[1]`. */
export function dotted(path: readonly string[]): string {
  return path
    .map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`))
    .join('')
    .replace(/^\./, '');
}
