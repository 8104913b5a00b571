import type { ObjectSchema, Schema } from '../core/schema.ts';
import { sources } from '../sources/index.ts';
import { configSchema, isObjectSchema, type ConfigKey, type SharedKey, type SourceKey } from './schema.ts';

/** A configuration setting. */
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

/** Variables and flags are named after the last part of their key, except for these. */
const NAMES: { readonly [K in SharedKey]?: string } = {
  'database.url': 'database-url',
  'limits.rejects.count': 'rejects-count',
  'limits.rejects.share': 'rejects-share',
  'limits.vanished.count': 'vanished-count',
  'limits.vanished.share': 'vanished-share',
  'serve.host': 'http-host',
  'serve.port': 'http-port',
  'log.level': 'log-level',
  'log.format': 'log-format',
};

const SOURCE_NAMES: { readonly [K in SourceKey]?: string } = { limits: 'resource-limits' };

/** Shorter names, for variables that include the name of a source. */
const SHORT_NAMES: { readonly [K in SourceKey]?: string } = { baseUrl: 'url' };

/** All settings, in the order of the schema. */
export function listSettings(): readonly Setting[] {
  return leavesOf(configSchema, []).map(({ path, schema }) => {
    const [section, source = '', setting] = path;
    const key = path.join('.') as ConfigKey; // the path comes from the schema
    if (section === 'sources') {
      const ofSource = setting as SourceKey;
      const flag = `--${sourceName(ofSource)}`;
      return { key, ofSource, path, schema, variable: sourceVariable(source, ofSource), flag };
    }
    const name = NAMES[key as SharedKey] ?? dashed(path.at(-1) ?? '');
    return { key, ofSource: null, path, schema, variable: variableOf(name), flag: `--${name}` };
  });
}

/**
 * The variable that sets a value for one source. Its name includes the source's name, except for the default source.
 */
export function sourceVariable(source: string, setting: SourceKey): string {
  const name = sourceName(setting);
  return variableOf(source === sources[0].name ? name : `${source}-${SHORT_NAMES[setting] ?? name}`);
}

function sourceName(setting: SourceKey): string {
  return SOURCE_NAMES[setting] ?? dashed(setting);
}

function variableOf(name: string): string {
  return VARIABLE_PREFIX + name.toUpperCase().replaceAll('-', '_');
}

/** `batchSize` → `batch-size`. */
function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

type SchemaLeaf = { readonly path: readonly string[]; readonly schema: Schema };

function leavesOf(object: ObjectSchema, path: readonly string[]): SchemaLeaf[] {
  return Object.entries(object.properties).flatMap(([name, schema]) =>
    isObjectSchema(schema) ? leavesOf(schema, [...path, name]) : [{ path: [...path, name], schema }],
  );
}

/** The value at a path in nested objects; undefined if there is none. */
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
