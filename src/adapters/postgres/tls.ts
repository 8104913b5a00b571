import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';

import { PipelineError } from '../../core/errors.ts';
import { homeFolder } from '../../lib/system-user.ts';

/** The encryption of one connection attempt: none, or TLS with these options. */
export type Encryption = false | ConnectionOptions;

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof MODES)[number];

/** Parameters that pg interprets differently or does not support. */
const PARAMETERS = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'sslcrl'] as const;
const FOR_LIBPQ_ALREADY = 'uselibpqcompat';

/**
 * Reads the TLS parameters of a URL as libpq does. Returns what to try, in order, and the URL without these parameters.
 * There is one difference: if `verify-full` requires a root certificate file and there is none, the root certificates
 * that Node trusts are used. Throws `usage`.
 */
export async function readTls(
  url: string,
): Promise<{ readonly url: string; readonly encryptions: readonly Encryption[] }> {
  const [address = '', query = ''] = (url.split('#', 1)[0] ?? '').split('?', 2);
  const given = new URLSearchParams(query);
  const stripped = new URLSearchParams(given);
  for (const name of [...PARAMETERS, FOR_LIBPQ_ALREADY]) stripped.delete(name);
  const rest = stripped.size === 0 ? address : `${address}?${stripped.toString()}`;
  const encryptions = isSocket(address, given) ? [false as const] : await encryptionsOf(given);
  return { url: given.size === stripped.size ? url : rest, encryptions };
}

/** A connection over a Unix socket is never encrypted. */
function isSocket(address: string, given: URLSearchParams): boolean {
  return given.get('host')?.startsWith('/') ?? /^[^/]*\/\/(?:[^@/]*@)?%2f/i.test(address);
}

async function encryptionsOf(given: URLSearchParams): Promise<readonly Encryption[]> {
  const mode = modeOf(given);
  if (mode === 'disable') return [false];
  const tls = await optionsOf(mode, given);
  if (mode === 'allow') return [false, tls];
  return mode === 'prefer' ? [tls, false] : [tls];
}

function modeOf(given: URLSearchParams): Mode {
  const system = given.get('sslrootcert') === 'system';
  const named = given.get('sslmode') ?? (given.get('ssl') === 'true' ? 'require' : null);
  const mode = named ?? (system ? 'verify-full' : 'prefer');
  if (!isMode(mode)) {
    throw new PipelineError(
      `Cannot use sslmode: must be one of ${MODES.join(', ')}, found ${JSON.stringify(mode)}`,
      { code: 'usage', hint: 'Correct it in the database URL, or in PGSSLMODE if it is set there.' },
    );
  }
  if (system && mode !== 'verify-full') {
    throw new PipelineError(
      `Cannot use sslrootcert=system with sslmode=${mode}: anyone can get a certificate that the system trusts`,
      {
        code: 'usage',
        hint: 'Use sslmode=verify-full, or set sslrootcert to the file of your own certificate authority.',
      },
    );
  }
  return mode;
}

function isMode(text: string): text is Mode {
  return MODES.some((mode) => mode === text);
}

/**
 * If there are root certificates, libpq verifies the server's certificate in every mode, but the server's name only in
 * `verify-full`.
 */
async function optionsOf(mode: Mode, given: URLSearchParams): Promise<ConnectionOptions> {
  const root = given.get('sslrootcert');
  const ca = root === 'system' ? undefined : await read('sslrootcert', root, 'root.crt');
  if (mode === 'verify-ca' && ca === undefined) {
    throw new PipelineError('Cannot use sslmode=verify-ca: there is no root certificate file', {
      code: 'usage',
      hint: 'Set sslrootcert=FILE in the database URL, or PGSSLROOTCERT, or use sslmode=verify-full.',
    });
  }
  const options: ConnectionOptions = {};
  const cert = await read('sslcert', given.get('sslcert'), 'postgresql.crt');
  const key = await read('sslkey', given.get('sslkey'), 'postgresql.key');
  const crl = await read('sslcrl', given.get('sslcrl'), 'root.crl');
  const passphrase = given.get('sslpassword');
  if (ca !== undefined) options.ca = ca;
  if (cert !== undefined && key !== undefined) Object.assign(options, { cert, key });
  if (crl !== undefined && ca !== undefined) options.crl = crl;
  if (passphrase !== null) options.passphrase = passphrase;
  if (mode === 'verify-full') return options;
  return ca === undefined
    ? { ...options, rejectUnauthorized: false }
    : { ...options, checkServerIdentity: () => undefined };
}

/** The file that a parameter names, or the default file in libpq's folder if it exists. */
async function read(parameter: string, path: string | null, byDefault: string): Promise<Buffer | undefined> {
  const found = path ?? usualFile(byDefault);
  if (found === null) return undefined;
  try {
    return await readFile(found);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PipelineError(`Cannot read ${parameter}: ${reason}`, {
      code: 'usage',
      cause: error,
      hint: `Correct ${parameter} in the database URL, or in PG${parameter.toUpperCase()} if it is set there.`,
    });
  }
}

function usualFile(name: string): string | null {
  const home = homeFolder();
  const path = home === null ? null : join(home, '.postgresql', name);
  return path !== null && existsSync(path) ? path : null;
}
