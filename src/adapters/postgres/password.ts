import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError, reasonOf } from '../../core/errors.ts';
import { errorCode } from '../../lib/error-code.ts';
import { shellQuote } from '../../lib/shell-quote.ts';
import { homeFolder } from '../../lib/system-user.ts';
import { WRONG_PASSWORD } from './errors.ts';

export type Login = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
};

/**
 * The password for a server that asks for one, if neither the URL nor an environment variable contains it. Reads the
 * first matching line of the password file (`passfile` in the URL, or `~/.pgpass`) as libpq does. Throws if there is
 * none.
 */
export async function passwordFor(url: string, login: Login): Promise<string> {
  const named = new URLSearchParams(url.split('?', 2)[1]).get('passfile');
  const home = homeFolder();
  const path = named ?? (home === null ? null : join(home, '.pgpass'));
  const lines = path === null ? [] : await readPasswordFile(path);
  const wanted = [login.host, String(login.port), login.database, login.user];
  const found = lines
    .map(fieldsOf)
    .find((fields) => wanted.every((part, index) => fields[index] === '*' || fields[index] === part));
  const password = found?.[wanted.length];
  if (password) return password;
  throw Object.assign(new Error('the server asks for a password, but none is set'), {
    code: WRONG_PASSWORD,
  });
}

/** Returns no lines if the file does not exist. */
async function readPasswordFile(path: string): Promise<readonly string[]> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new PipelineError(
        `Cannot use the password file ${path}: users other than its owner can read it`,
        {
          code: 'usage',
          hint: `Run: chmod 600 ${shellQuote(path)}`,
        },
      );
    }
    return (await readFile(path, 'utf8')).split(/\r?\n/);
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    if (errorCode(error) === 'ENOENT') return [];
    throw new PipelineError(`Cannot read the password file ${path}: ${reasonOf(error)}`, {
      code: 'usage',
      cause: error,
      hint: 'Fix PGPASSFILE, or set PGPASSWORD to the password.',
    });
  }
}

/** The fields of a `host:port:database:user:password` line. A `\` escapes a literal `:` or `\`. */
function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(/((?:\\.|[^:\\])*)(?::|$)/g)].map(([, field = '']) =>
    field.replaceAll(/\\(.)/g, '$1'),
  );
}
