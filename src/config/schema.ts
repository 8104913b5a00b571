import {
  array,
  boolean,
  integer,
  mapOf,
  nullable,
  number,
  object,
  oneOf,
  optional,
  string,
  type ObjectSchema,
  type Schema,
  type Static,
} from '../core/schema.ts';

const DAY_SECONDS = 86_400;
const COUNT = { minimum: 0, maximum: 1_000_000_000 } as const;
const SHARE = { minimum: 0, maximum: 1 } as const;

/** The configuration: what each value may be, and its default. The file may leave out any of them. */
export const configSchema = section({
  source: section({
    baseUrl: string({
      format: 'http-url',
      pattern: '^[Hh][Tt][Tt][Pp][Ss]?://',
      default: 'https://api.spacexdata.com',
      description: 'The API, as an http:// or https:// URL.',
    }),
    connectTimeoutSeconds: timeout(10, 'Seconds to wait for a connection to the API.'),
    headersTimeoutSeconds: timeout(30, 'Seconds to wait for the head of a response.'),
    bodyTimeoutSeconds: timeout(30, 'Seconds that a response body may pause.'),
    minBytesPerSecond: number({
      minimum: 0,
      maximum: 1_000_000_000,
      default: 100,
      description:
        'The least bytes in a second that a response body must bring, on average over bodyTimeoutSeconds; 0 for no limit.',
    }),
    responseTimeoutSeconds: number({
      exclusiveMinimum: 0,
      maximum: DAY_SECONDS,
      default: 7200,
      description: 'Seconds that a response may take, from the request to its last byte.',
    }),
    maxAttempts: integer({
      minimum: 1,
      maximum: 100,
      default: 5,
      description: 'Tries for each request, the first included.',
    }),
    maxRetryAfterSeconds: seconds(120, 'The longest wait that the API may ask for with Retry-After.'),
    backoffBaseSeconds: seconds(0.5, 'The wait before the second try; doubled before each further one.'),
    backoffCapSeconds: seconds(30, 'The longest wait between two tries.'),
    requestsPerSecond: number({
      exclusiveMinimum: 0,
      maximum: 1000,
      default: 10,
      description:
        'The most requests to the API in a second, all resources together. The built-in sandbox has no limit unless it is set.',
    }),
    httpProxy: proxy('The proxy to an http:// API, as a URL or host:port; null for none.'),
    httpsProxy: proxy('The proxy to an https:// API, as a URL or host:port; null for none.'),
    noProxy: nullable(
      string({
        format: 'hosts',
        default: null,
        description:
          'Hosts to reach without a proxy, by comma: names with all below them, addresses, ranges, or *.',
      }),
    ),
  }),
  resources: nullable(
    array(string({ minLength: 1 }), {
      minItems: 1,
      uniqueItems: true,
      default: null,
      description: 'Names of the resources to run, besides those that they need; null for all.',
    }),
  ),
  concurrency: integer({
    minimum: 1,
    maximum: 64,
    default: 4,
    description: 'Resources that run side by side.',
  }),
  batchSize: integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 10_000,
    description: 'Records that go through the steps together.',
  }),
  atomic: boolean({
    default: false,
    description: 'Publish all resources or none, instead of those that are whole.',
  }),
  dataDir: string({
    format: 'path',
    minLength: 1,
    default: 'data',
    description: 'The folder of runs and of the embedded database. Relative to this file.',
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
    schema: string({
      format: 'schema-name',
      minLength: 1,
      maxLength: 63,
      pattern: '^(?!pg_|(?:pg|information_schema|[$]user)$)',
      default: 'spacex',
      description:
        'The schema of the tables. The ledger is in the same name with _pipeline added, shortened beyond 63 bytes.',
    }),
    allowNetworkFolder: boolean({
      default: false,
      description: 'Use the embedded database on a network file system, where its lock may not hold.',
    }),
    answerTimeoutSeconds: timeout(
      30,
      'Seconds that a server may be silent before it is asked over a new connection what it does.',
    ),
    lockTimeoutSeconds: seconds(30, 'Seconds that publish waits for a lock; 0 for no limit.'),
    statementTimeoutSeconds: seconds(600, 'Seconds that a statement of publish may take; 0 for no limit.'),
  }),
  limits: section({
    rejects: limit('records that break their contract'),
    vanished: limit('rows that are gone from the source'),
    resources: mapOf(
      object(
        { rejects: optional(ownLimit()), vanished: optional(ownLimit()) },
        { additionalProperties: false },
      ),
      {
        default: {},
        description: 'Limits of single resources, by name. What one leaves out is as above.',
      },
    ),
  }),
  deletes: boolean({
    default: true,
    description: 'Delete the rows that are gone from the source.',
  }),
  checks: boolean({
    default: true,
    description: 'Make the data checks after each publish.',
  }),
  retention: section({
    prune: boolean({
      default: true,
      description: 'Remove old run folders at the end of each run.',
    }),
    publishedRuns: integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 20,
      description: 'How many of the newest published runs keep their folder.',
    }),
    failedDays: integer({
      minimum: 1,
      maximum: 36_500,
      default: 14,
      description: 'Days that the folder of a run which published nothing is kept.',
    }),
  }),
  log: section({
    level: choice(['debug', 'info', 'warn', 'error'], 'info', 'The least severe lines to write.'),
    format: choice(['text', 'json'], 'text', 'Lines for people, or for machines.'),
  }),
});

export type Config = DeepReadonly<Static<typeof configSchema>>;

/** A place in the configuration, such as `source.baseUrl`. */
export type ConfigKey = KeyOf<Config>;

/** Any part of the configuration, each value as itself or as text that says it. */
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

/** What the configuration file may hold: any part, and the address of this schema for editors. */
export function fileSchema(): Schema {
  const { properties, ...rest } = withoutRequired(configSchema);
  return { ...rest, properties: { $schema: { type: 'string' }, ...properties } };
}

/** The JSON Schema that ships for editors: the same without the formats that only this program knows. */
export function editorSchema(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'spacex-pipeline.config.json',
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

function section<const P extends Record<string, Schema>>(properties: P) {
  return object(properties, { additionalProperties: false });
}

function timeout(byDefault: number, description: string): Schema<number> {
  return number({ exclusiveMinimum: 0, maximum: 3600, default: byDefault, description });
}

function proxy(description: string) {
  return nullable(string({ format: 'proxy-url', default: null, description }));
}

function seconds(byDefault: number, description: string): Schema<number> {
  return number({ minimum: 0, maximum: DAY_SECONDS, default: byDefault, description });
}

/** A resource is refused beyond the count and the share, not beyond one of them. */
function limit(what: string) {
  return section({
    count: integer({ ...COUNT, default: 5, description: `How many ${what} a resource may always have.` }),
    share: number({
      ...SHARE,
      default: 0.1,
      description: `The share of ${what} that a resource may always have, from 0 to 1.`,
    }),
  });
}

function ownLimit() {
  return section({ count: optional(integer(COUNT)), share: optional(number(SHARE)) });
}

function choice<const V extends readonly string[]>(values: V, byDefault: V[number], description: string) {
  return oneOf(values, { default: byDefault, description });
}
