import { loadCheck } from '../core/load-check.ts';
import type { Clock, RunFolder } from '../core/ports.ts';
import type { Profile } from '../core/profile.ts';
import type { Resource, TransformContext } from '../core/resource.ts';
import type { Staging, Target } from '../core/target.ts';
import { createRecordSplitter, JsonSyntaxError, type RecordSlice } from '../lib/json-records.ts';
import { createLoader } from './load.ts';
import { createProfiler } from './profile.ts';
import { stagedReject } from './reject-lines.ts';
import { erroredLine, validatedLines } from './stage-lines.ts';
import { stopwatch, type Tally } from './tally.ts';
import { createValidator, type ErroredRecord, type Verdict } from './validate.ts';

export const MAX_RECORD_BYTES = 64 << 20;

export type DeriveContext = {
  readonly folder: RunFolder;
  readonly target: Target;
  readonly transform: TransformContext;
  readonly batchSize: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each chunk of raw. */
  readonly onProgress: () => void;
};

/** A derivation that has begun. */
export type Deriving = {
  /**
   * Null once all of raw was seen and is JSON, whatever there is left to do then; else what is wrong with it. By then,
   * and when it rejects with any other failure, nothing goes on.
   */
  readonly text: Promise<TextFault | null>;
  /** Rejects with what failed, JSON that is broken beyond a record included. */
  readonly staged: Promise<void>;
};

/** JSON that is broken beyond a record. */
export type TextFault = { readonly page: number; readonly error: JsonSyntaxError };

/**
 * Everything after raw, as one stream in bounded memory: a pure function of raw bytes, code and lookups. Takes the pages
 * one after the other, and keeps `tally` up to date throughout.
 */
export function derive(
  resource: Resource,
  pages: readonly AsyncIterable<Uint8Array>[],
  tally: Tally,
  context: DeriveContext,
): Deriving {
  const { promise: text, reject, resolve } = Promise.withResolvers<TextFault | null>();
  const staged = stageAll(resource, pages, tally, { ...context, onText: () => resolve(null) });
  staged.catch((error: unknown) => {
    if (error instanceof JsonSyntaxError) resolve({ page: tally.page, error });
    else reject(error);
  });
  // Whoever awaits it later sees the failure; until then it is no unhandled one.
  text.catch(() => undefined);
  return { text, staged };
}

type StageContext = DeriveContext & { readonly onText: () => void };

async function stageAll(
  resource: Resource,
  pages: readonly AsyncIterable<Uint8Array>[],
  tally: Tally,
  context: StageContext,
): Promise<void> {
  const staging = await context.target.stage(resource);
  try {
    await deriveAll(resource, pages, tally, { ...context, staging });
  } finally {
    await staging.close();
  }
}

async function deriveAll(
  resource: Resource,
  pages: readonly AsyncIterable<Uint8Array>[],
  tally: Tally,
  context: StageContext & { readonly staging: Staging },
): Promise<void> {
  const { folder, staging, signal } = context;
  const validator = createValidator(await loadCheck(resource.contract));
  const profiler = createProfiler(resource.contract);
  const validated = await folder.openStage('validated', resource.name);
  const errored = await folder.openStage('errored', resource.name);
  const loader = await createLoader(resource, { staging, folder, batchSize: context.batchSize });
  const { watch, watchAsync } = stopwatch(context.clock, tally);

  // The stage files of one chunk are written while the next is made.
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
    const { valid, rejected } = partition(verdicts);
    watch('validate', () => {
      for (const { record } of valid) profiler.addValid(record);
      for (const { parsed } of rejected.map(({ slice }) => slice)) {
        if (parsed.ok) profiler.addErrored(parsed.record);
      }
    });
    const rows = watch('transform', () =>
      valid.map(({ record }) => resource.transform(record, context.transform)),
    );
    watch('load', () => rows.forEach((rowsOfRecord) => loader.add(rowsOfRecord)));
    await writing;
    writing = writeStages(valid, rejected);
    // Whoever awaits it next sees the failure; until then it is no unhandled one.
    writing.catch(() => undefined);
    tally.received += slices.length;
    tally.validated += valid.length;
    tally.errored += rejected.length;
    if (rejected.length > 0) {
      const lines = rejected.map(stagedReject);
      await loader.enqueue(() => staging.reject(lines));
    }
    await watchAsync('load', () => loader.flush());
  }

  try {
    for (const chunks of pages) {
      tally.page += 1;
      const splitter = createRecordSplitter({ shape: resource.shape, maxRecordBytes: MAX_RECORD_BYTES });
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        await take(watch('validate', () => splitter.push(chunk)));
        context.onProgress();
      }
      await take(splitter.end());
    }
    context.onText();
    await writing;
    await validated.commit();
    await errored.commit();
    await writeProfile(folder, profiler.end(resource.name));
    tally.deletable = !validator.sawUnreadableId();
    await watchAsync('load', async () => {
      tally.staged = await loader.finish();
      await staging.hold(validator.heldIds());
      await staging.finish(tally.staged);
    });
    tally.whole = true;
  } catch (error) {
    await writing.catch(() => undefined);
    await loader.discard();
    await validated.discard();
    await errored.discard();
    throw error;
  }
}

async function writeProfile(folder: RunFolder, profile: Profile): Promise<void> {
  const file = await folder.openStage('profile', profile.resource);
  await file.write(Buffer.from(`${JSON.stringify(profile, null, 2)}\n`));
  await file.commit();
}

type ValidRecord = Extract<Verdict, { valid: true }>;

function partition(verdicts: readonly Verdict[]): { valid: ValidRecord[]; rejected: ErroredRecord[] } {
  const valid: ValidRecord[] = [];
  const rejected: ErroredRecord[] = [];
  for (const verdict of verdicts) {
    if (verdict.valid) valid.push(verdict);
    else rejected.push(verdict.errored);
  }
  return { valid, rejected };
}
