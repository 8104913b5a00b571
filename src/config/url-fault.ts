import { parseServerUrl, rawCharacter } from '../lib/server-url.ts';

const CODES = { '#': '%23', '?': '%3F', '/': '%2F', '%': '%25' } as const;

/** What a text should be if it is not the URL of a database server; null if it is one. */
export function serverUrlFault(text: string): string | null {
  if (!/^postgres(?:ql)?:\/\//i.test(text)) return 'a postgresql:// or postgres:// URL';
  const raw = rawCharacter(text);
  if (raw !== null) return `a URL with "${raw}" written as ${CODES[raw]} in its password or names`;
  const isUrl = text === text.trim() && parseServerUrl(text) !== null;
  return isUrl ? null : 'a postgresql:// or postgres:// URL';
}
