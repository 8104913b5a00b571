import type { ObjectSchema, Schema } from '../core/schema.ts';
import { configSchema, isObjectSchema, type ConfigKey } from './schema.ts';

/** One value of the configuration. */
export type Setting = {
  readonly key: ConfigKey;
  readonly path: readonly string[];
  readonly schema: Schema;
  readonly variable: string;
  readonly flag: string;
};

export const VARIABLE_PREFIX = 'SPACEX_PIPELINE_';

/** Variables and flags are named after these. */
const NAMES: Readonly<Record<ConfigKey, string>> = {
  'source.baseUrl': 'base-url',
  'source.connectTimeoutSeconds': 'connect-timeout-seconds',
  'source.headersTimeoutSeconds': 'headers-timeout-seconds',
  'source.bodyTimeoutSeconds': 'body-timeout-seconds',
  'source.minBytesPerSecond': 'min-bytes-per-second',
  'source.responseTimeoutSeconds': 'response-timeout-seconds',
  'source.maxAttempts': 'max-attempts',
  'source.maxRetryAfterSeconds': 'max-retry-after-seconds',
  'source.backoffBaseSeconds': 'backoff-base-seconds',
  'source.backoffCapSeconds': 'backoff-cap-seconds',
  'source.requestsPerSecond': 'requests-per-second',
  'source.httpProxy': 'http-proxy',
  'source.httpsProxy': 'https-proxy',
  'source.noProxy': 'no-proxy',
  resources: 'resources',
  concurrency: 'concurrency',
  batchSize: 'batch-size',
  atomic: 'atomic',
  dataDir: 'data-dir',
  'database.url': 'database-url',
  'database.schema': 'schema',
  'database.allowNetworkFolder': 'allow-network-folder',
  'database.answerTimeoutSeconds': 'answer-timeout-seconds',
  'database.lockTimeoutSeconds': 'lock-timeout-seconds',
  'database.statementTimeoutSeconds': 'statement-timeout-seconds',
  'limits.rejects.count': 'rejects-count',
  'limits.rejects.share': 'rejects-share',
  'limits.vanished.count': 'vanished-count',
  'limits.vanished.share': 'vanished-share',
  'limits.resources': 'resource-limits',
  deletes: 'deletes',
  checks: 'checks',
  'retention.prune': 'prune',
  'retention.publishedRuns': 'published-runs',
  'retention.failedDays': 'failed-days',
  'log.level': 'log-level',
  'log.format': 'log-format',
};

/** Every value of the configuration, in the order of its schema. */
export function listSettings(): readonly Setting[] {
  return leavesOf(configSchema, []).flatMap(({ path, schema }) => {
    const key = path.join('.');
    if (!isConfigKey(key)) return [];
    const name = NAMES[key];
    const variable = `${VARIABLE_PREFIX}${name.toUpperCase().replaceAll('-', '_')}`;
    return [{ key, path, schema, variable, flag: `--${name}` }];
  });
}

/** NAMES has each key of the schema: the compiler sees to that. */
function isConfigKey(text: string): text is ConfigKey {
  return Object.hasOwn(NAMES, text);
}

type SchemaLeaf = { readonly path: readonly string[]; readonly schema: Schema };

function leavesOf(object: ObjectSchema, path: readonly string[]): SchemaLeaf[] {
  return Object.entries(object.properties).flatMap(([name, schema]) =>
    isObjectSchema(schema) ? leavesOf(schema, [...path, name]) : [{ path: [...path, name], schema }],
  );
}

/** What stands at a path of nested objects; undefined where there is nothing. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, name) => (isRecord(node) && Object.hasOwn(node, name) ? node[name] : undefined),
    tree,
  );
}

/** Nested objects from values by path. */
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
