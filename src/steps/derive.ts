import type { Check } from '../core/check.ts';
import type { Clock, RunFolder } from '../core/ports.ts';
import type { Profile } from '../core/profile.ts';
import type { Resource, TransformContext } from '../core/resource.ts';
import type { Step } from '../core/run.ts';
import type { Staging } from '../core/target.ts';
import { createRecordSplitter, type RecordSlice } from '../lib/json-records.ts';
import { createLoader } from './load.ts';
import { createProfiler } from './profile.ts';
import { stagedReject } from './reject-lines.ts';
import { erroredLine, validatedLines } from './stage-lines.ts';
import { createValidator, type ErroredRecord, type Verdict } from './validate.ts';

export const MAX_RECORD_BYTES = 64 << 20;

/** How far a resource has come; grows while it runs. */
export type Tally = {
  received: number;
  validated: number;
  errored: number;
  /** Rows in staging, by table. */
  staged: Readonly<Record<string, number>>;
  /** False: rows that did not arrive must stay, for it cannot be told which records arrived. */
  deletable: boolean;
  /** Were all records seen? */
  whole: boolean;
  /** The step at work: where a failure happened. */
  step: Step;
  readonly seconds: Record<Step, number>;
};

export function createTally(): Tally {
  return {
    received: 0,
    validated: 0,
    errored: 0,
    staged: {},
    deletable: true,
    whole: false,
    step: 'extract',
    seconds: { extract: 0, validate: 0, transform: 0, load: 0 },
  };
}

export type DeriveContext = {
  readonly folder: RunFolder;
  readonly staging: Staging;
  readonly check: Check;
  readonly transform: TransformContext;
  readonly batchSize: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called once all of raw was seen, and is JSON. */
  readonly onComplete: () => void;
  /** Called after each chunk of raw. */
  readonly onProgress: () => void;
};

/**
 * Everything after raw, as one stream in bounded memory: a pure function of raw bytes, code and lookups.
 * Throws JsonSyntaxError for JSON that is broken beyond a record. Keeps `tally` up to date throughout.
 */
export async function derive(
  resource: Resource,
  chunks: AsyncIterable<Uint8Array>,
  tally: Tally,
  context: DeriveContext,
): Promise<void> {
  const { folder, staging, signal } = context;
  const validator = createValidator(context.check);
  const profiler = createProfiler(resource.contract);
  const splitter = createRecordSplitter({ shape: resource.shape, maxRecordBytes: MAX_RECORD_BYTES });
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
    const verdicts = watch('validate', () => slices.map((slice) => validator.validate(slice)));
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
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      await take(watch('validate', () => splitter.push(chunk)));
      context.onProgress();
    }
    await take(splitter.end());
    context.onComplete();
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

type Stopwatch = {
  readonly watch: <T>(step: Step, work: () => T) => T;
  readonly watchAsync: (step: Step, work: () => Promise<void>) => Promise<void>;
};

function stopwatch(clock: Clock, tally: Tally): Stopwatch {
  function start(step: Step): () => void {
    const started = clock.elapsed();
    tally.step = step;
    return () => {
      tally.seconds[step] += (clock.elapsed() - started) / 1000;
    };
  }
  return {
    watch(step, work) {
      const stop = start(step);
      const result = work();
      stop();
      return result;
    },
    async watchAsync(step, work) {
      const stop = start(step);
      await work();
      stop();
    },
  };
}
