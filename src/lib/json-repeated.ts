import { lineAndColumn } from './json-fault.ts';

/** A name that occurs twice in an object. JSON.parse silently uses the last value. */
export type RepeatedName = {
  /** Names and indexes, from the outermost value to the name itself. */
  readonly path: readonly string[];
  readonly line: number;
  readonly column: number;
};

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\],]/g;

type Level = { readonly names: Set<string> | null; step: string };

/**
 * Finds the first name that repeats an earlier name in the same object; null if there is none. The text must be valid
 * JSON.
 */
export function findRepeatedName(text: string): RepeatedName | null {
  const levels: Level[] = [];
  for (const { 0: token, 1: string, 2: colon, index } of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ names: new Set(), step: '' });
    else if (token === '[') levels.push({ names: null, step: '0' });
    else if (token === '}' || token === ']') levels.pop();
    else if (level === undefined) continue;
    else if (token === ',' && level.names === null) level.step = String(Number(level.step) + 1);
    else if (string !== undefined && colon !== undefined && level.names !== null) {
      const name: unknown = JSON.parse(string);
      level.step = String(name);
      if (level.names.has(level.step))
        return { path: levels.map(({ step }) => step), ...lineAndColumn(text, index) };
      level.names.add(level.step);
    }
  }
  return null;
}
