import type { Check } from '../core/check.ts';
import { PipelineError } from '../core/errors.ts';
import type { Clock, RunFolder } from '../core/ports.ts';
import type { Resource, TransformContext } from '../core/resource.ts';
import type { RawFile, Step } from '../core/run.ts';
import type { Staging } from '../core/target.ts';
import { createRecordSplitter, JsonSyntaxError, type RecordSlice } from '../lib/json-records.ts';
import { quoteBytes } from '../lib/quote-bytes.ts';
import { createLoader } from './load.ts';
import { erroredLine, validatedLines } from './stage-lines.ts';
import { createValidator, type ErroredRecord, type Verdict } from './validate.ts';

const MAX_RECORD_BYTES = 64 << 20;
const QUOTED_BYTES = 120;

/** How far a resource has come; grows while it runs. */
export type Tally = {
  received: number;
  validated: number;
  errored: number;
  /** Rows in staging, by table. */
  staged: Readonly<Record<string, number>>;
  /** False: rows that did not arrive must stay, for it cannot be told which records arrived. */
  deletable: boolean;
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
    step: 'extract',
    seconds: { extract: 0, validate: 0, transform: 0, load: 0 },
  };
}

export type DeriveContext = {
  readonly raw: RawFile;
  readonly folder: RunFolder;
  readonly staging: Staging;
  readonly check: Check;
  readonly transform: TransformContext;
  readonly batchSize: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each chunk of raw. */
  readonly onProgress: () => void;
};

/**
 * Everything after raw, as one stream in bounded memory: a pure function of raw bytes, code and lookups.
 * Throws PipelineError `source` for JSON that is broken beyond a record. Keeps `tally` up to date throughout.
 */
export async function derive(resource: Resource, tally: Tally, context: DeriveContext): Promise<void> {
  const { folder, staging, signal } = context;
  const validator = createValidator(context.check);
  const splitter = createRecordSplitter({ shape: resource.shape, maxRecordBytes: MAX_RECORD_BYTES });
  const validated = await folder.openStage('validated', `${resource.name}.ndjson`);
  const errored = await folder.openStage('errored', `${resource.name}.ndjson`);
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
    await watchAsync('load', () => loader.flush());
  }

  try {
    try {
      for await (const chunk of folder.readRaw(resource.name)) {
        signal.throwIfAborted();
        await take(watch('validate', () => splitter.push(chunk)));
        context.onProgress();
      }
      await take(splitter.end());
    } catch (error) {
      throw error instanceof JsonSyntaxError ? await broken(resource, context, error) : error;
    }
    await writing;
    await validated.commit();
    await errored.commit();
    tally.deletable = !validator.sawUnreadableId();
    await watchAsync('load', async () => {
      tally.staged = await loader.finish();
      await staging.hold(validator.heldIds());
      await staging.finish();
    });
  } catch (error) {
    await writing.catch(() => undefined);
    await loader.discard();
    await validated.discard();
    await errored.discard();
    throw error;
  }
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

async function broken(
  resource: Resource,
  { raw, folder }: DeriveContext,
  cause: JsonSyntaxError,
): Promise<PipelineError> {
  const head = await firstBytes(folder.readRaw(resource.name));
  return new PipelineError(
    `Cannot read ${resource.name} from ${raw.url}: ${cause.message}; the body starts ${quoteBytes(head, QUOTED_BYTES)}`,
    { code: 'source', cause, hint: `The body is kept in ${raw.path} of the run folder.` },
  );
}

async function firstBytes(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of body) return chunk.subarray(0, QUOTED_BYTES + 1);
  return new Uint8Array();
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
