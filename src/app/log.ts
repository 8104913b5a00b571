import { pino } from 'pino';

import type { Log, LogFields } from '../core/ports.ts';

/** Writes lines to stderr, as JSON or as text for people. `write` receives complete lines. */
export function openLog(options: {
  readonly level: string;
  readonly format: 'text' | 'json';
  readonly write: (line: string) => void;
}): Log {
  const { format, level, write } = options;
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(format === 'json' ? line : textLine(line)) },
  );
  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void =>
      logger[name]({ ...fields, ...errorField(fields) }, message);
  const note = at(format === 'json' ? 'info' : 'debug');
  return { note, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function errorField(fields: LogFields): LogFields {
  const { error } = fields;
  return error instanceof Error ? { error: error.stack } : {};
}

type Line = { readonly time: string; readonly level: string; readonly msg: string; readonly error?: unknown };

function textLine(json: string): string {
  const { time, level, msg, error } = JSON.parse(json) as Line; // pino just wrote it
  const stack = typeof error === 'string' ? `\n${error}` : '';
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${msg}${stack}\n`;
}
