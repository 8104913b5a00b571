import { PipelineError } from '../core/errors.ts';
import type { ObjectSchema, Schema } from '../core/schema.ts';
import { sources } from '../sources/index.ts';
import { configSchema, isObjectSchema, type ConfigKey, type SharedKey, type SourceKey } from './schema.ts';

/** One value of the configuration. */
export type Setting = {
  readonly key: ConfigKey;
  /** The key within a source; null for a setting shared by all sources. */
  readonly ofSource: SourceKey | null;
  readonly path: readonly string[];
  readonly schema: Schema;
  readonly variable: string;
  readonly flag: string;
};

export const VARIABLE_PREFIX = 'SPACEX_PIPELINE_';

/** The names from which variables and flags are derived. */
const NAMES: Readonly<Record<SharedKey, string>> = {
  concurrency: 'concurrency',
  batchSize: 'batch-size',
  atomic: 'atomic',
  dataDir: 'data-dir',
  'database.url': 'database-url',
  'database.allowNetworkFolder': 'allow-network-folder',
  'database.answerTimeoutSeconds': 'answer-timeout-seconds',
  'database.lockTimeoutSeconds': 'lock-timeout-seconds',
  'database.statementTimeoutSeconds': 'statement-timeout-seconds',
  'limits.rejects.count': 'rejects-count',
  'limits.rejects.share': 'rejects-share',
  'limits.vanished.count': 'vanished-count',
  'limits.vanished.share': 'vanished-share',
  deletes: 'deletes',
  checks: 'checks',
  'retention.prune': 'prune',
  'retention.publishedRuns': 'published-runs',
  'retention.failedDays': 'failed-days',
  'retention.tombstoneDays': 'tombstone-days',
  jobs: 'jobs',
  'serve.host': 'http-host',
  'serve.port': 'http-port',
  'serve.token': 'token',
  'serve.queueSchema': 'queue-schema',
  'serve.stopTimeoutSeconds': 'stop-timeout-seconds',
  'log.level': 'log-level',
  'log.format': 'log-format',
};

const SOURCE_NAMES: Readonly<Record<SourceKey, string>> = {
  schema: 'schema',
  resources: 'resources',
  limits: 'resource-limits',
  baseUrl: 'base-url',
  token: 'token',
  provider: 'provider',
  pageSize: 'page-size',
  fullAfterHours: 'full-after-hours',
  settleSeconds: 'settle-seconds',
  archiveUrl: 'archive-url',
  recordingsUrl: 'recordings-url',
  connectTimeoutSeconds: 'connect-timeout-seconds',
  headersTimeoutSeconds: 'headers-timeout-seconds',
  bodyTimeoutSeconds: 'body-timeout-seconds',
  minBytesPerSecond: 'min-bytes-per-second',
  responseTimeoutSeconds: 'response-timeout-seconds',
  maxAttempts: 'max-attempts',
  maxRetryAfterSeconds: 'max-retry-after-seconds',
  backoffBaseSeconds: 'backoff-base-seconds',
  backoffCapSeconds: 'backoff-cap-seconds',
  requestsPerSecond: 'requests-per-second',
  burst: 'burst',
  httpProxy: 'http-proxy',
  httpsProxy: 'https-proxy',
  noProxy: 'no-proxy',
};

/** Every value of the configuration, in the order of its schema. */
export function listSettings(): readonly Setting[] {
  return leavesOf(configSchema, []).map(({ path, schema }) => {
    const { flag, key, ofSource, variable } = namesOf(path);
    return { key, ofSource, path, schema, variable: `${VARIABLE_PREFIX}${variable}`, flag: `--${flag}` };
  });
}

/** A shorter name is enough after the name of a source. */
const SHORT_NAMES: { readonly [K in SourceKey]?: string } = { baseUrl: 'url' };

/** Variables include the name of their source, except those of the default source. */
function namesOf(path: readonly string[]) {
  const [section = '', source = '', setting = ''] = path;
  if (section === 'sources' && isSourceKey(setting)) {
    const flag = SOURCE_NAMES[setting];
    const named = source === sources[0]?.name ? flag : `${source}-${SHORT_NAMES[setting] ?? flag}`;
    const key = `sources.${source}.${setting}` as const;
    return { key, ofSource: setting, flag, variable: variableOf(named) };
  }
  const key = path.join('.');
  if (isSharedKey(key)) return { key, ofSource: null, flag: NAMES[key], variable: variableOf(NAMES[key]) };
  throw new PipelineError(`Cannot name ${key}: it has neither variable nor flag`, { code: 'internal' });
}

/** The variable that sets a value of one source. */
export function sourceVariable(source: string, setting: SourceKey): string {
  return VARIABLE_PREFIX + namesOf(['sources', source, setting]).variable;
}

function variableOf(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** The compiler ensures that NAMES has every key of the schema. */
function isSharedKey(text: string): text is SharedKey {
  return Object.hasOwn(NAMES, text);
}

function isSourceKey(text: string): text is SourceKey {
  return Object.hasOwn(SOURCE_NAMES, text);
}

type SchemaLeaf = { readonly path: readonly string[]; readonly schema: Schema };

function leavesOf(object: ObjectSchema, path: readonly string[]): SchemaLeaf[] {
  return Object.entries(object.properties).flatMap(([name, schema]) =>
    isObjectSchema(schema) ? leavesOf(schema, [...path, name]) : [{ path: [...path, name], schema }],
  );
}

/** The value at a path of nested objects; undefined if there is none. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, name) => (isRecord(node) && Object.hasOwn(node, name) ? node[name] : undefined),
    tree,
  );
}

/** Builds nested objects from values by path. */
export function treeOf(
  leaves: Iterable<{ readonly path: readonly string[]; readonly value: unknown }>,
): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const { path, value } of leaves) {
    let node = tree;
    for (const name of path.slice(0, -1)) {
      const next = node[name];
      const child: Record<string, unknown> = isRecord(next) ? next : {};
      node[name] = child;
      node = child;
    }
    node[path.at(-1) ?? ''] = value;
  }
  return tree;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
