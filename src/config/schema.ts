import { mapOf, nullable, string, type ObjectSchema, type Schema, type Static } from '../core/schema.ts';
import { choice, JOB_NAME, limit, section, seconds, timeout, toggle, wholeNumber } from './schema-parts.ts';
import { jobSchema } from './job-schema.ts';
import { sourceSections, type SourceSettings } from './source-schema.ts';

/** The configuration: the allowed values and their defaults. A configuration file can omit any of them. */
export const configSchema = section({
  sources: section(sourceSections()),
  jobs: mapOf(jobSchema(), {
    propertyNames: { format: 'job-name', pattern: JOB_NAME },
    default: {},
    description:
      'The jobs that `serve` runs, by name; {} for none. Without this setting, there is one job for each source, on its default schedule.',
  }),
  serve: section({
    host: string({
      format: 'host',
      minLength: 1,
      default: '127.0.0.1',
      description:
        'The address that `serve` listens on. An address that other machines can reach requires a token.',
    }),
    port: wholeNumber(0, 65_535, 8080, 'The port of the HTTP API and metrics; 0 for any free port.'),
    token: nullable(
      string({
        format: 'secret',
        minLength: 16,
        default: null,
        description: 'The token that requests must send as Authorization: Bearer TOKEN; null for none.',
      }),
    ),
    queueSchema: string({
      format: 'queue-schema',
      maxLength: 50,
      pattern: '^(?!pg_)[a-z_][a-z0-9_]*$',
      default: 'spacex_pipeline_queue',
      description: 'The schema of the job queue. All processes that use this schema must have the same jobs.',
    }),
    stopTimeoutSeconds: seconds(
      30,
      'Seconds that a running job may continue after `serve` is asked to stop. After that, the job is interrupted and resumed later.',
    ),
  }),
  concurrency: wholeNumber(1, 64, 4, 'How many resources run in parallel.'),
  batchSize: wholeNumber(1, 1_000_000, 10_000, 'How many records are processed as one batch.'),
  atomic: toggle(false, 'Publish all resources or none, instead of only the complete ones.'),
  dataDir: string({
    format: 'path',
    minLength: 1,
    default: 'data',
    description: 'The folder for runs and the embedded database, relative to this file.',
  }),
  database: section({
    url: nullable(
      string({
        format: 'postgres-url',
        pattern: '^[Pp][Oo][Ss][Tt][Gg][Rr][Ee][Ss]([Qq][Ll])?://',
        default: null,
        description: 'A PostgreSQL server, as a postgresql:// URL; null for the embedded database.',
      }),
    ),
    allowNetworkFolder: toggle(
      false,
      'Allow the embedded database on a network file system, where its lock may not work.',
    ),
    answerTimeoutSeconds: timeout(
      30,
      'Seconds to wait for a response from the server before a new connection checks whether the server is still working.',
    ),
    lockTimeoutSeconds: seconds(30, 'Seconds that a publish waits for a lock; 0 for no limit.'),
    statementTimeoutSeconds: seconds(
      600,
      'Seconds that one statement of a publish may take; 0 for no limit.',
    ),
  }),
  limits: section({
    rejects: limit('records that break their contract'),
    vanished: limit('rows missing from the source'),
  }),
  deletes: toggle(true, 'Delete the rows that are missing from the source.'),
  checks: toggle(true, 'Run the data checks after each publish.'),
  retention: section({
    prune: toggle(true, 'Remove old run folders at the end of each run.'),
    publishedRuns: wholeNumber(1, 1_000_000, 20, 'How many of the newest published runs keep their folders.'),
    failedDays: wholeNumber(1, 36_500, 14, 'Days to keep the folder of a run that published nothing.'),
    tombstoneDays: wholeNumber(1, 36_500, 90, 'Days to keep a deleted row in the ledger.'),
  }),
  log: section({
    level: choice(['debug', 'info', 'warn', 'error'], 'info', 'The lowest log level to write.'),
    format: choice(['text', 'json'], 'text', 'The format of log lines: text for people, json for machines.'),
  }),
});

export type Config = DeepReadonly<Static<typeof configSchema>>;

/** A per-source setting. */
export type SourceKey = keyof SourceSettings;

/** A setting shared by all sources. */
export type SharedKey = KeyOf<Omit<Config, 'sources'>>;

/** The key of a setting, such as `log.level` or `sources.NAME.baseUrl`. */
export type ConfigKey = SharedKey | `sources.${string}.${SourceKey}`;

/** Any part of the configuration. Each value has its own type or is text. */
export type ConfigInput = Input<Config>;

type Leaf = string | number | boolean | null | readonly unknown[];
type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly Item[]
  : T extends Leaf
    ? T
    : { readonly [K in keyof T]: DeepReadonly<T[K]> };
type Input<T> = T extends Leaf ? T | string | undefined : { readonly [K in keyof T]?: Input<T[K]> };
type KeyOf<T> = {
  [K in keyof T & string]: T[K] extends Leaf ? K : string extends keyof T[K] ? K : `${K}.${KeyOf<T[K]>}`;
}[keyof T & string];

/** The schema of a configuration file: any part of the configuration, plus the address of this schema for editors. */
export function fileSchema(): Schema {
  const { properties, ...rest } = withoutRequired(configSchema);
  return { ...rest, properties: { $schema: { type: 'string' }, ...properties } };
}

/**
 * The JSON Schema for editors, which ships with the program. It omits the formats that only this program supports.
 */
export function editorSchema(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'spacex-pipeline.config.json',
    // An extension for editors, which the draft does not define.
    allowComments: true,
    ...fileSchema(),
  };
  const text = JSON.stringify(
    schema,
    (key, value: unknown) => (key === 'format' && typeof value === 'string' ? undefined : value),
    2,
  );
  return `${text}\n`;
}

function withoutRequired(schema: ObjectSchema): { readonly properties: Readonly<Record<string, unknown>> } {
  const { required: _, properties, ...rest } = schema;
  const free = Object.entries(properties).map(([name, property]) => [
    name,
    isObjectSchema(property) ? withoutRequired(property) : property,
  ]);
  return { ...rest, properties: Object.fromEntries(free) };
}

export function isObjectSchema(schema: Schema): schema is ObjectSchema {
  return 'properties' in schema;
}
