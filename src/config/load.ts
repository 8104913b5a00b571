import { dirname, resolve } from 'node:path';

import { compileConfigCheck, refuse, type ConfigCheck } from './check.ts';
import { findIn, readVariables, refuseUnknownVariables, type Environment } from './environment.ts';
import { readConfigFile, readDotEnv, type ConfigFile } from './file.ts';
import { listSettings, treeOf, valueAt, type Setting } from './keys.ts';
import type { Config, ConfigInput, ConfigKey } from './schema.ts';
import {
  hostVariable,
  serverFromVariables,
  withParameters,
  type FindVariable,
  type Variable,
} from './server-url.ts';
import { readText, withScheme } from './value.ts';
import { PipelineError } from '../core/errors.ts';
import { maskUrl } from '../lib/mask-url.ts';

export type { Config, ConfigKey } from './schema.ts';

/** The values set by a command's flags; `config` is the path of the configuration file. */
export type ConfigFlags = ConfigInput & { readonly config?: string | undefined };

export type Origin = 'default' | `file ${string}` | Variable['origin'] | `flag ${string}`;

export type LoadedConfig = {
  readonly config: Config;
  /** Where each value came from. */
  readonly origins: Readonly<Record<ConfigKey, Origin>>;
  /** The absolute path of the configuration file, if there is one. */
  readonly file: string | null;
  /** The origin of the database URL, for hints: `--database-url`, `POSTGRES_HOST in .env`, `database.url in FILE`. */
  readonly urlFrom: string;
};

/** One value set by a layer. */
type Assignment = {
  readonly setting: Setting;
  readonly value: unknown;
  readonly origin: Origin;
  /** The name of the file, variable or flag, for messages. */
  readonly source: string;
  /** The base folder for relative paths. */
  readonly folder: string;
};

/**
 * Precedence: defaults ← file ← environment (with `.env`) ← flags. A host in libpq's variables selects a server only
 * if no layer sets a URL. Throws `usage` for an invalid value or an unknown key.
 */
export async function loadConfig({
  flags = {},
  env = process.env,
  cwd = process.cwd(),
}: {
  readonly flags?: ConfigFlags;
  readonly env?: Environment;
  readonly cwd?: string;
} = {}): Promise<LoadedConfig> {
  const settings = listSettings();
  const check = compileConfigCheck();
  const file = await readConfigFile(flags.config ?? null, cwd);
  const folder = file === null ? cwd : dirname(file.path);
  const dotEnv = await readDotEnv(folder);
  const find = findIn(env, dotEnv);

  const fromFile = file === null ? [] : assignFile(settings, file, check);
  refuseUnknownVariables(settings, env, dotEnv);
  const fromFlags = assignFlags(settings, flags, cwd);
  const settled = new Set(fromFlags.map(({ setting }) => setting.key));
  const fromEnvironment = readVariables(settings, find, settled).map(
    ({ setting, value, variable: { name, origin } }) => ({
      setting,
      value,
      origin,
      source: name,
      folder: cwd,
    }),
  );
  refuseWrong(fromEnvironment, check, 'Correct or unset that variable.');
  refuseWrong(fromFlags, check, 'Run the command with --help to see what it accepts.');

  const effective = new Map<ConfigKey, Assignment>();
  for (const one of [...assignDefaults(settings, folder), ...fromFile, ...fromEnvironment, ...fromFlags]) {
    effective.set(one.setting.key, one);
  }
  const server = effective.get('database.url');
  if (server?.origin === 'default') effective.set('database.url', fromHost(server, find));
  const values = [...effective.values()].map((one) => ({ path: one.setting.path, value: finish(one, find) }));
  const config = treeOf(values);
  // Every setting has a default and therefore an origin.
  const origins = Object.fromEntries(
    [...effective].map(([key, { origin }]) => [key, origin]),
  ) as LoadedConfig['origins'];
  if (!isComplete(config, check)) {
    throw new PipelineError('Cannot use the configuration: it is incomplete', { code: 'internal' });
  }
  const urlFrom = serverNamedBy(effective.get('database.url'), find);
  return deepFreeze({ config, origins, file: file === null ? null : file.path, urlFrom });
}

function isComplete(tree: unknown, check: ConfigCheck): tree is Config {
  return check(tree).length === 0 && listSettings().every(({ path }) => valueAt(tree, path) !== undefined);
}

/** The effective configuration for display: every value with its origin, and with secrets masked. */
export function describeConfig({ config, origins }: Pick<LoadedConfig, 'config' | 'origins'>): readonly {
  readonly key: ConfigKey;
  readonly value: unknown;
  readonly origin: Origin;
}[] {
  return listSettings().map((setting) => {
    const { key } = setting;
    const value = valueAt(config, setting.path);
    return { key, value: masked(setting, value), origin: origins[key] ?? 'default' };
  });
}

/** Formats whose values may contain a login. */
const MAY_HAVE_LOGIN: ReadonlySet<unknown> = new Set([
  'http-url',
  'http-url-or-empty',
  'postgres-url',
  'proxy-url',
]);

function masked(setting: Setting, value: unknown): unknown {
  if (setting.schema['format'] === 'secret') return value === null ? null : '***';
  if (typeof value === 'string') return MAY_HAVE_LOGIN.has(setting.schema['format']) ? maskUrl(value) : value;
  return setting.key === 'jobs' ? withoutLogins(value) : value;
}

/** A job's address may contain a login. */
function withoutLogins(value: unknown): unknown {
  if (typeof value === 'string') return maskUrl(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutLogins(inner)]));
}

function assignDefaults(settings: readonly Setting[], folder: string): Assignment[] {
  return settings.map((setting) => {
    const value = structuredClone(valueAt(setting.schema, ['default']));
    return { setting, value, origin: 'default', source: setting.key, folder };
  });
}

function assignFile(settings: readonly Setting[], file: ConfigFile, check: ConfigCheck): Assignment[] {
  const problems = check(file.value).map(({ where, message }) => ({
    source: file.name,
    message: where === '' || message.startsWith('unknown') ? message : `${where} ${message}`,
  }));
  refuse(problems, `Correct it in ${file.path}.`);
  const base = { origin: `file ${file.path}`, source: file.name, folder: dirname(file.path) } as const;
  return settings
    .map((setting) => ({ ...base, setting, value: valueAt(file.value, setting.path) }))
    .filter(({ value }) => value !== undefined);
}

function assignFlags(settings: readonly Setting[], flags: ConfigFlags, cwd: string): Assignment[] {
  return settings.flatMap((setting): Assignment[] => {
    const given = valueAt(flags, setting.path);
    if (given === undefined) return [];
    const value = typeof given === 'string' ? readText(setting.schema, given) : given;
    const flag = given === false ? `--no-${setting.flag.slice(2)}` : setting.flag;
    return [{ setting, value, origin: `flag ${flag}`, source: flag, folder: cwd }];
  });
}

/** The embedded database, unless a variable names the host of a server. */
function fromHost(embedded: Assignment, find: FindVariable): Assignment {
  const server = serverFromVariables(find);
  if (server === null) return embedded;
  return { ...embedded, value: server.url, origin: server.origin, source: server.name };
}

function serverNamedBy(server: Assignment | undefined, find: FindVariable): string {
  if (server === undefined || typeof server.value !== 'string') return '--database-url';
  const host = hostVariable(server.value, find);
  if (host !== null) return host.name;
  return server.origin.startsWith('file ') ? `database.url in ${server.source}` : server.source;
}

function refuseWrong(layer: readonly Assignment[], check: ConfigCheck, hint: string): void {
  const problems = layer.flatMap(({ setting, source, value }) =>
    check(treeOf([{ path: setting.path, value }])).map(({ where, message }) => {
      const isInside = where.startsWith(`${setting.key}.`) && !message.startsWith('unknown');
      return { source, message: isInside ? `${where} ${message}` : message };
    }),
  );
  refuse(problems, hint);
}

/** Converts a value to the form that the program uses. */
function finish({ setting, value, folder }: Assignment, find: FindVariable): unknown {
  if (typeof value !== 'string') return value;
  switch (setting.schema['format']) {
    case 'path':
      return resolve(folder, value);
    case 'http-url':
    case 'http-url-or-empty':
      return value.replace(/\/+$/, '');
    case 'proxy-url':
      return withScheme(value);
    case 'postgres-url':
      return withParameters(value, find);
    default:
      return value;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
