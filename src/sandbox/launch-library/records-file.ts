import { readFile } from 'node:fs/promises';

import { PipelineError } from '../../core/errors.ts';
import type { LaunchRecord } from './world.ts';

/**
 * The launches in a file: an array, a page with `results`, one launch, or lines of any of these. Throws PipelineError
 * `usage` if the file cannot be read.
 */
export async function readRecordsFile(file: string): Promise<readonly LaunchRecord[]> {
  const fail = (reason: string, cause?: unknown): PipelineError =>
    new PipelineError(`Cannot serve the records of ${file}: ${reason}`, {
      code: 'usage',
      hint: 'Use a JSON array of launches, a page from the service, or one launch per line',
      cause,
    });
  const records = readText(await readFile(file, 'utf8').catch(rethrow), fail).flatMap(recordsIn);
  if (records.length === 0) throw fail('it does not contain any launches');
  const strange = records.find((record) => !isRecord(record));
  if (strange !== undefined) throw fail(`${JSON.stringify(strange).slice(0, 40)} is not a launch`);
  return records.filter(isRecord);

  function rethrow(cause: unknown): never {
    throw fail(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function readText(text: string, fail: (reason: string, cause: unknown) => PipelineError): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    // The file is not a single JSON document, so read it line by line.
  }
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line)];
    } catch (cause) {
      throw fail(`line ${index + 1} is not JSON`, cause);
    }
  });
}

function recordsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isRecord(value) && Array.isArray(value['results'])) return value['results'];
  return [value];
}

function isRecord(value: unknown): value is LaunchRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
