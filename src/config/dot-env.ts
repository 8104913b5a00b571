import { parseEnv } from 'node:util';

import { PipelineError } from '../core/errors.ts';

/** Names of the variables that this program reads. */
const OURS =
  /\b(?:SPACEX_(?:PIPELINE|API)_\w+|DATABASE_URL|PG(?:HOST|PORT|USER|DATABASE|PASS\w+|SSL\w+)|POSTGRES_(?:HOST|PORT|USER|PASSWORD|DB)|(?:HTTPS?|NO)_PROXY)\b/i;
const ASSIGNED = /^(?:export\s+)?([A-Za-z_][\w.-]*)$/;
/** A comment, an assignment (whose value may span lines in quotes), or any other line. */
const LINE = /[^\S\n]*(?:#[^\n]*|([^\n=]*)=[^\S\n]*((["'`])[^]*?\3)?([^\n]*)|[^\n]*)(?:\n|$)/gy;
/** As in a shell, a `#` starts a comment only after a space, so that a password can contain one. */
const COMMENT = /(?:^|\s)#/;

/**
 * Returns the variables of a `.env` file. Skips lines that are not assignments, because they may be meant for another
 * program. Throws `usage` if a line names one of our variables without clearly setting it.
 */
export function parseDotEnv(text: string, path: string): Readonly<Record<string, string | undefined>> {
  const variables: Record<string, string | undefined> = {};
  let line = 1;
  for (const [all, left, quoted, , rest = ''] of text.matchAll(LINE)) {
    const fault = left === undefined ? faultOfLine(all) : faultOfAssignment(left.trim(), quoted, rest);
    if (fault !== null) throw wrong(path, line, fault);
    const name = ASSIGNED.exec(left?.trim() ?? '')?.[1];
    if (name !== undefined) variables[name] = quoted === undefined ? withoutComment(rest) : unquoted(quoted);
    line += all.split('\n').length - 1;
  }
  return variables;
}

function withoutComment(text: string): string {
  return (text.split(COMMENT, 1)[0] ?? '').trim();
}

/** Lets Node resolve the escapes. */
function unquoted(value: string): string | undefined {
  return parseEnv(`VALUE=${value}`)['VALUE'];
}

type LineFault = { readonly name: string; readonly reason: string };

/**
 * A bare name is not a fault. In Docker, it stands for the environment variable with that name, which we read anyway.
 */
function faultOfLine(line: string): LineFault | null {
  const text = withoutComment(line);
  const name = OURS.exec(text)?.[0];
  return name === undefined || ASSIGNED.test(text) ? null : { name, reason: 'does not set it' };
}

function faultOfAssignment(left: string, quoted: string | undefined, rest: string): LineFault | null {
  const name = OURS.exec(left)?.[0];
  if (name === undefined) return null;
  if (ASSIGNED.exec(left)?.[1] !== name) return { name, reason: 'does not set it' };
  if (quoted === undefined) return /^["'`]/.test(rest) ? { name, reason: 'has no closing quote' } : null;
  return withoutComment(rest) === '' ? null : { name, reason: 'has more text after its closing quote' };
}

function wrong(path: string, line: number, { name, reason }: LineFault): PipelineError {
  return new PipelineError(`Cannot read ${path}: line ${line} names ${name}, but ${reason}`, {
    code: 'usage',
    hint: `Write it as ${name}=value, or start the line with #.`,
  });
}
