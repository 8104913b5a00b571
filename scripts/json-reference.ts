import { fault, rowChange, error } from '../src/output/parts.ts';
import { FAILURE, DOCUMENTS, type CommandDocument } from '../src/output/documents.ts';
import type { Schema } from '../src/core/schema.ts';
import { exitTable, table } from './cli-reference.ts';
import { DRIFT_EXAMPLE, RUN_EXAMPLE } from './json-examples.ts';

/** What a table of fields cannot express, placed after the document of that command. */
const NOTES: Readonly<Record<string, string>> = {
  run: 'A run that never began prints the same document with `run_id` null. Its `status` is `failed` or `interrupted`, and `error` says why; with `--if-busy skip` it is `skipped`, `error` is null and the exit code is 0.',
  drift:
    "It lists what the earlier profile does not have. A share is listed if it moved by more than 0.05 and by more than 5 values (of the smaller of both counts), or by any amount if `before` is 0 (a first null, a first absence) or 1 (a first appearance), or `now` is 1 (a missing field). Every record is counted, none sampled. Of an unknown field, null is not a new type, nor is an integer after fractions; values are cut after 80 characters. Profiles are the files `profile/<resource>.json` of a run's folder and are kept nowhere else: `drift` needs neither raw nor the database.",
};
const EXAMPLES: Readonly<Record<string, unknown>> = { run: RUN_EXAMPLE, drift: DRIFT_EXAMPLE };

/** docs/json.md. */
export function jsonReference(): string {
  return [
    '# Machine output',
    'Made by `npm run docs` from the schemas in `src/output/`, against which the tests check what is printed.',
    'With `--json` a command prints one JSON document on stdout; logs go to stderr. Fields are only ever added. Safe integers and finite doubles are numbers; integers beyond 2^53, `numeric` and non-finite doubles are strings; values of type `json` and `jsonb` are as PostgreSQL writes them, each number with all its digits; timestamps are ISO 8601 in UTC; durations are seconds. In the tables `*` stands for any name, `[]` for each element of an array.',
    '## Exit codes',
    exitTable(),
    '## A command that fails',
    'A command that fails before it has printed its own document prints this one; the exit code and the lines on stderr are the same as without `--json`. `run` prints the document of a run that never began.',
    fieldTable(fieldsOf(FAILURE, '')),
    ...DOCUMENTS.flatMap(documentSection),
    '## Parts',
    ...[error(''), fault, rowChange].flatMap((part) => [
      `### ${String(part['title'])}`,
      fieldTable(fieldsOf(part, '')),
    ]),
  ]
    .join('\n\n')
    .concat('\n');
}

function documentSection({ commands, flags, schema }: CommandDocument): string[] {
  const [first = ''] = commands;
  const names = commands.map((command) => `\`${command}\``).join(', ');
  const example = flags === null ? EXAMPLES[first] : undefined;
  const note = flags === null ? NOTES[first] : undefined;
  const about = schema['description'];
  return [
    `## ${names}${flags === null ? '' : ` with \`${flags}\``}`,
    `${sentence(typeOf(schema))}${typeof about === 'string' ? `, ${about}` : ''}.`,
    ...(example === undefined ? [] : [`\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``]),
    ...(isRepeated(schema, first) ? ['Of the same documents as above.'] : [fieldTable(fieldsOf(schema, ''))]),
    ...(note === undefined ? [] : [note]),
  ];
}

/** `runs` lists what `run` prints. */
function isRepeated(schema: Schema, command: string): boolean {
  return DOCUMENTS.some((other) => !other.commands.includes(command) && other.schema === schema['items']);
}

type Field = { readonly path: string; readonly type: string; readonly meaning: string };

function fieldTable(fields: readonly Field[]): string {
  return table(
    ['field', 'type', ''],
    fields.map(({ path, type, meaning }) => [`\`${path}\``, type, meaning]),
  );
}

/** Each field below a schema; for a part with a title, only the field itself. */
function fieldsOf(schema: Schema, path: string): Field[] {
  const { additionalProperties, items, properties } = schema as {
    readonly additionalProperties?: Schema;
    readonly items?: Schema;
    readonly properties?: Readonly<Record<string, Schema>>;
  };
  if (items !== undefined) return below(items, `${path}[]`, true);
  if (additionalProperties !== undefined) return below(additionalProperties, join(path, '*'), path === '');
  return Object.entries(properties ?? {}).flatMap(([name, one]) => [
    fieldOf(one, join(path, name)),
    ...(one['title'] === undefined ? fieldsOf(one, join(path, name)) : []),
  ]);
}

/** The array describes its element, unless the element has fields of its own or there is nothing above. */
function below(schema: Schema, path: string, isOuter: boolean): Field[] {
  if (schema['title'] !== undefined) return [];
  const inner = fieldsOf(schema, path);
  return inner.length === 0 && isOuter && path.length <= 2 ? [fieldOf(schema, path)] : inner;
}

function fieldOf(schema: Schema, path: string): Field {
  const choices = schema['enum'];
  const listed = Array.isArray(choices)
    ? choices
        .filter((choice) => choice !== null)
        .map((choice) => `\`${choice}\``)
        .join(', ')
    : '';
  const meaning = [listed, schema['description']].filter((part) => typeof part === 'string' && part !== '');
  return { path, type: typeOf(schema), meaning: meaning.join('; ') };
}

function typeOf(schema: Schema): string {
  const {
    additionalProperties,
    format,
    items,
    title,
    type: own = 'any',
  } = schema as {
    readonly additionalProperties?: Schema;
    readonly format?: string;
    readonly items?: Schema;
    readonly title?: string;
    readonly type?: string | readonly string[];
  };
  const types = typeof own === 'string' ? [own] : own;
  const names = types.map((type) => {
    if (type === 'null') return 'null';
    if (title !== undefined) return `[${title}](#${title.replaceAll(' ', '-')})`;
    if (type === 'array') return items === undefined ? 'array' : `array of ${typeOf(items)}`;
    if (type === 'object' && additionalProperties !== undefined)
      return `object of ${typeOf(additionalProperties)}`;
    if (type === 'string') return format ?? 'text';
    return type;
  });
  return names.join(' or ');
}

function sentence(text: string): string {
  return `${/^[aeiou]/.test(text) ? 'An' : 'A'} ${text}`;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
