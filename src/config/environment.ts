import { listSettings, VARIABLE_PREFIX, type Setting } from './keys.ts';
import type { ConfigKey, SourceKey } from './schema.ts';
import type { FindVariable, Variable } from './server-url.ts';
import { findRepeatedName } from '../lib/json-repeated.ts';
import { suggest } from '../lib/suggest.ts';
import { readText } from './value.ts';
import { dotted, refuse } from './check.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Other programs' variables that set the same value as one of ours, with lower precedence. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  [`${VARIABLE_PREFIX}BASE_URL`]: ['SPACEX_API_BASE_URL'],
  [`${VARIABLE_PREFIX}DATABASE_URL`]: ['DATABASE_URL'],
};

/** The aliases of per-source settings. */
const SOURCE_ALIASES: { readonly [K in SourceKey]?: readonly string[] } = {
  httpProxy: ['http_proxy', 'HTTP_PROXY'],
  httpsProxy: ['https_proxy', 'HTTPS_PROXY'],
  noProxy: ['no_proxy', 'NO_PROXY'],
};

function aliasesOf({ ofSource, variable }: Setting): readonly string[] {
  return (ofSource === null ? undefined : SOURCE_ALIASES[ofSource]) ?? ALIASES[variable] ?? [];
}

/** Looks in the real environment first, then in `.env`. */
export function findIn(env: Environment, dotEnv: Environment): FindVariable {
  const mayBeEmpty = new Set(
    listSettings()
      .filter(({ schema }) => schema['format'] === 'http-url-or-empty')
      .map(({ variable }) => variable),
  );
  const isSet = (name: string, value: string | undefined): value is string =>
    (mayBeEmpty.has(name) && value?.trim() === '') || isFilled(name, value ?? '');
  return (...names) => {
    for (const name of names) {
      const value = env[name];
      if (isSet(name, value)) return { value, name, origin: `environment ${name}` };
    }
    for (const name of names) {
      const value = dotEnv[name];
      if (isSet(name, value)) return { value, name: `${name} in .env`, origin: `.env ${name}` };
    }
    return null;
  };
}

/** An empty variable counts as unset, and so does one that Kubernetes added for a Service. */
function isFilled(name: string, value: string): boolean {
  return value.trim() !== '' && !isServiceVariable(name, value);
}

/**
 * Whether Kubernetes added this variable for a Service. Kubernetes adds such variables to every container in a
 * namespace: a Service named `postgres` creates `POSTGRES_PORT=tcp://10.0.0.5:5432`, and a Service named
 * `spacex-pipeline` creates several variables with our prefix.
 */
function isServiceVariable(name: string, value: string): boolean {
  if (/_SERVICE_(?:HOST|PORT|PORT_[A-Z0-9_]+)$/.test(name)) return true;
  if (/_PORT_\d+_(?:TCP|UDP|SCTP)_(?:PROTO|PORT|ADDR)$/.test(name)) return true;
  return /_PORT(?:_\d+_(?:TCP|UDP|SCTP))?$/.test(name) && /^(?:tcp|udp|sctp):\/\//.test(value.trim());
}

export type VariableValue = {
  readonly setting: Setting;
  readonly variable: Variable;
  readonly value: unknown;
};

/** Reads the values set in the environment. Ignores a setting's aliases if a flag sets its value. */
export function readVariables(
  settings: readonly Setting[],
  find: FindVariable,
  settled: ReadonlySet<ConfigKey>,
): readonly VariableValue[] {
  return settings.flatMap((setting) => {
    const { key, schema } = setting;
    const others = settled.has(key) ? [] : aliasesOf(setting);
    const variable = find(setting.variable, ...others);
    if (variable === null) return [];
    const value = readText(schema, variable.value);
    const repeated = typeof value === 'object' ? findRepeatedName(variable.value) : null;
    if (repeated !== null) {
      const message = `"${dotted(repeated.path)}" appears twice`;
      refuse([{ source: variable.name, message }], 'Keep only one of them.');
    }
    return [{ setting, variable, value }];
  });
}

/** Throws `usage` for an unknown variable with our prefix. */
export function refuseUnknownVariables(
  settings: readonly Setting[],
  env: Environment,
  dotEnv: Environment,
): void {
  const known = settings.map(({ variable }) => variable);
  const unknown = [...Object.entries(env), ...Object.entries(dotEnv)].filter(
    ([name, value = '']) =>
      name.startsWith(VARIABLE_PREFIX) && isFilled(name, value) && !known.includes(name),
  );
  const problems = unknown.map(([name]) => {
    const words = known.map((one) => one.slice(VARIABLE_PREFIX.length));
    const meant = suggest(name.slice(VARIABLE_PREFIX.length), words);
    const question = meant === null ? '' : `; did you mean ${VARIABLE_PREFIX}${meant}?`;
    return {
      source: Object.hasOwn(env, name) ? name : `${name} in .env`,
      message: `unknown variable${question}`,
    };
  });
  refuse(problems, 'Rename or unset it; docs/configuration.md lists all variables.');
}

/** The longest value that every system accepts. */
const MOST_CHARACTERS = 8192;

/** The environment for a command that this program starts: this program's environment plus more variables. */
export function childEnvironment(
  own: Readonly<Record<string, string>>,
  env: Environment = process.env,
): Environment {
  const fit = (value: string): string => value.replaceAll('\0', '').slice(0, MOST_CHARACTERS);
  return {
    ...env,
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, fit(value)])),
  };
}
