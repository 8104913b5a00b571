import type { Validation } from '../core/validation.ts';
import { loadValidation } from '../core/load-validation.ts';
import type { Clock, RunFolder } from '../core/ports.ts';
import type { Profile } from '../core/profile.ts';
import type { Resource, TransformContext } from '../core/resource.ts';
import type { RunHeader, Staging, Target } from '../core/target.ts';
import { sha256Of } from '../lib/sha256.ts';
import { createRecordSplitter, JsonSyntaxError, type RecordSlice } from '../lib/json-records.ts';
import { createLoader } from './load.ts';
import { Occurrences } from './occurrences.ts';
import { createProfiler } from './profile.ts';
import { MAX_RECORD_BYTES, readPage } from './read-page.ts';
import { erroredLine, stagedReject, validatedLines } from './stage-lines.ts';
import { stopwatch, type Tally } from './tally.ts';
import { createValidator, readId, type ErroredRecord, type ValidRecord } from './validate.ts';

export type DeriveContext = {
  readonly folder: RunFolder;
  readonly target: Target;
  readonly transform: TransformContext;
  readonly batchSize: number;
  /** The run's source. */
  readonly run: Pick<RunHeader, 'source'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each chunk of raw data. */
  readonly onProgress: () => void;
};

/** A derivation in progress. */
export type Deriving = {
  /**
   * Resolves to null once all raw data has been read and is JSON, even if work remains. Resolves to the fault if the
   * data is not JSON. When it resolves to a fault, or rejects with a different failure, all work has ended.
   */
  readonly text: Promise<TextFault | null>;
  /** Rejects with the failure, which can be a JSON error that affects more than one record. */
  readonly staged: Promise<void>;
};

/** A JSON error that affects more than one record. */
export type TextFault = { readonly page: number; readonly error: JsonSyntaxError };

/**
 * All steps after raw, as a single stream in bounded memory: a pure function of raw bytes, code and lookups. Reads the
 * pages one after another and keeps `tally` up to date. `tally.page` starts as the number of the page before the first
 * one. If changes are pulled, reads the pages twice, the first time to find the newest record of each id.
 */
export function derive(
  resource: Resource,
  pages: readonly AsyncIterable<Uint8Array>[],
  tally: Tally,
  context: DeriveContext,
): Deriving {
  const { promise: text, reject, resolve } = Promise.withResolvers<TextFault | null>();
  const staged = stageAll(resource, pages, tally, context, () => resolve(null));
  staged.catch((error: unknown) => {
    if (error instanceof JsonSyntaxError) resolve({ page: tally.page, error });
    else reject(error);
  });
  // The caller may await it later, so a failure must not count as unhandled.
  text.catch(() => undefined);
  return { text, staged };
}

async function stageAll(
  resource: Resource,
  pages: readonly AsyncIterable<Uint8Array>[],
  tally: Tally,
  context: DeriveContext,
  onText: () => void,
): Promise<void> {
  const staging = await context.target.stage(resource);
  try {
    await deriveInto(staging, resource, pages, tally, context, onText);
  } finally {
    await staging.close();
  }
}

async function deriveInto(
  staging: Staging,
  resource: Resource,
  pages: readonly AsyncIterable<Uint8Array>[],
  tally: Tally,
  context: DeriveContext,
  onText: () => void,
): Promise<void> {
  const { folder, signal } = context;
  const validate = await loadValidation(resource.contract);
  const occurrences = await findOccurrences(resource, pages, validate, tally);
  const validator = createValidator(validate, occurrences);
  /** Digests of the newest records, by id. */
  const newest = new Map<string, string>();
  const profiler = createProfiler(resource.contract);
  const validated = await folder.openStage('validated', resource.name);
  const errored = await folder.openStage('errored', resource.name);
  const loader = await createLoader(resource, {
    staging,
    folder,
    batchSize: context.batchSize,
    source: context.run.source,
  });
  const { watch, watchAsync } = stopwatch(context.clock, tally);

  // The stage files of one chunk are written while the next chunk is processed.
  let writing: Promise<void> = Promise.resolve();

  async function writeStages(
    valid: readonly ValidRecord[],
    rejected: readonly ErroredRecord[],
  ): Promise<void> {
    if (valid.length > 0) await validated.write(validatedLines(valid.map(({ slice }) => slice)));
    if (rejected.length > 0) await errored.write(Buffer.concat(rejected.map(erroredLine)));
  }

  async function take(slices: readonly RecordSlice[]): Promise<void> {
    const verdicts = watch('validate', () => slices.map((slice) => validator.validate(slice, tally.page)));
    const valid = verdicts.filter((verdict) => verdict.valid);
    const rejected = verdicts.filter((verdict) => !verdict.valid);
    watch('validate', () => {
      for (const { parsed } of slices) if (parsed.ok) profiler.add(parsed.record);
    });
    const rows = watch('transform', () =>
      valid.map(({ record }) => resource.transform(record, context.transform)),
    );
    watch('load', () => {
      for (const [index, rowsOfRecord] of rows.entries()) {
        if (valid[index]?.repeated === true) loader.addKept(rowsOfRecord);
        else loader.add(rowsOfRecord);
      }
    });
    const counted = occurrences === null ? valid : valid.filter(({ repeated }) => !repeated);
    await writing;
    writing = writeStages(counted, rejected);
    // The next chunk awaits it, so a failure must not count as unhandled.
    writing.catch(() => undefined);
    tally.received += slices.length;
    tally.validated += counted.length;
    tally.repeated += valid.length - counted.length;
    if (occurrences !== null) tally.ids.push(...counted.flatMap(({ record }) => readId(record) ?? []));
    tally.errored += rejected.length;
    const lines = rejected.filter(({ superseded }) => !superseded).map(stagedReject);
    tally.superseded += rejected.length - lines.length;
    if (lines.length > 0) await loader.enqueue(() => staging.reject(lines));
    await watchAsync('load', () => loader.flush());
  }

  try {
    for (const chunks of pages) {
      tally.page += 1;
      if (resource.changes !== undefined) {
        signal.throwIfAborted();
        const { records } = await readPage(resource.changes, chunks);
        if (occurrences !== null) rememberNewest(newest, records);
        await take(records);
        context.onProgress();
        continue;
      }
      const splitter = createRecordSplitter({ shape: resource.shape, maxRecordBytes: MAX_RECORD_BYTES });
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        await take(watch('validate', () => splitter.push(chunk)));
        context.onProgress();
      }
      await take(splitter.end());
    }
    onText();
    await writing;
    await validated.commit();
    await errored.commit();
    await writeProfile(folder, profiler.end(resource.name));
    tally.deletable = !validator.sawUnreadableId();
    await watchAsync('load', async () => {
      tally.staged = await loader.finish();
      await staging.hold(validator.heldIds());
      if (newest.size > 0) await staging.newest(newest);
      await staging.finish(tally.staged);
    });
    tally.allRead = true;
  } catch (error) {
    await writing.catch(() => undefined);
    await loader.discard();
    await validated.discard();
    await errored.discard();
    throw error;
  }
}

/** Null unless changes are pulled, because only then can an id occur on several pages. */
async function findOccurrences(
  { changes }: Resource,
  pages: readonly AsyncIterable<Uint8Array>[],
  validate: Validation,
  tally: Tally,
): Promise<Occurrences | null> {
  if (changes === undefined) return null;
  const occurrences = new Occurrences();
  const before = tally.page;
  for (const chunks of pages) {
    tally.page += 1;
    occurrences.add((await readPage(changes, chunks)).records, validate);
  }
  tally.page = before;
  return occurrences;
}

/**
 * Stores the digests of the records of a page, which replace the digests from earlier pages. Within a page, the first
 * record of an id counts.
 */
function rememberNewest(newest: Map<string, string>, records: readonly RecordSlice[]): void {
  for (const { bytes, parsed } of records.toReversed()) {
    const id = parsed.ok ? readId(parsed.record) : null;
    if (id !== null) newest.set(id, sha256Of(bytes));
  }
}

async function writeProfile(folder: RunFolder, profile: Profile): Promise<void> {
  const file = await folder.openStage('profile', profile.resource);
  await file.write(Buffer.from(`${JSON.stringify(profile, null, 2)}\n`));
  await file.commit();
}
