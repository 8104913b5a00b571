import { PipelineError } from '../core/errors.ts';
import type { RunFolder, StageFile } from '../core/ports.ts';
import { fileOf, type Resource, type Rows } from '../core/resource.ts';
import type { Row, Table } from '../core/table.ts';
import type { Staging } from '../core/target.ts';
import { createCsvEncoder, UnwritableValue, type CsvEncoder } from '../lib/csv.ts';

/** The load step of one resource: rows → intermediate files and staging tables, with the same bytes in both. */
export type Loader = {
  readonly add: (rows: Rows) => void;
  /** Adds the rows of a record that is not the newest, for tables that keep all their rows. */
  readonly addKept: (rows: Rows) => void;
  /** Queues the full batches. They are copied while the next ones are filled. */
  readonly flush: () => Promise<void>;
  /** Queues other work on the staging tables after the batches. */
  readonly enqueue: (work: () => Promise<void>) => Promise<void>;
  /** Writes the remaining rows and closes the files. Returns the number of rows for each table. */
  readonly finish: () => Promise<Readonly<Record<string, number>>>;
  readonly discard: () => Promise<void>;
};

/** A batch of long rows can end before it has `batchSize` rows. */
const BATCH_BYTES = 4 << 20;

/** How many batches may wait for the database. The tables of one resource fill their batches at about the same time. */
const BATCHES_AHEAD = 4;

type Lane = {
  readonly table: Table;
  readonly encoder: CsvEncoder;
  readonly file: StageFile;
  /**
   * The keys so far, if the table keeps its rows. The first row of a key counts, because it would already be in the
   * table when the next one arrives.
   */
  readonly keys: Set<string> | null;
  rows: number;
};

export async function createLoader(
  resource: Resource,
  context: {
    readonly staging: Staging;
    readonly folder: RunFolder;
    readonly batchSize: number;
    /** The name of the source. */
    readonly source: string;
  },
): Promise<Loader> {
  const { staging, folder, batchSize, source } = context;
  const lanes = new Map<string, Lane>();
  for (const table of resource.tables) {
    const file = await folder.openStage('intermediate', table.name);
    const encoder = createCsvEncoder(Object.keys(table.columns));
    await file.write(encoder.header());
    lanes.set(table.name, { table, encoder, file, keys: table.keep === true ? new Set() : null, rows: 0 });
  }
  // Batches in progress, each waiting for the previous one.
  const copying: Promise<void>[] = [];

  async function copy(lane: Lane, csv: Buffer<ArrayBuffer>): Promise<void> {
    await lane.file.write(csv);
    lane.rows += await staging.copy(lane.table, csv);
    lane.encoder.reuse(csv);
  }

  async function enqueue(work: () => Promise<void>): Promise<void> {
    if (copying.length >= BATCHES_AHEAD) await copying.shift();
    const next = Promise.resolve(copying.at(-1)).then(work);
    // The caller may await it later, so a failure must not count as unhandled.
    next.catch(() => undefined);
    copying.push(next);
  }

  async function handOver(isDue: (encoder: CsvEncoder) => boolean): Promise<void> {
    for (const lane of lanes.values()) {
      if (!isDue(lane.encoder)) continue;
      const csv = lane.encoder.take();
      await enqueue(() => copy(lane, csv));
    }
  }

  function addTo(lane: Lane, rows: readonly Row[]): void {
    try {
      addRows(lane, rows);
    } catch (error) {
      throw error instanceof UnwritableValue ? unloadable(error, lane.table, resource, source) : error;
    }
  }

  return {
    add(rows) {
      for (const [name, lane] of lanes) addTo(lane, rows[name] ?? []);
    },
    addKept(rows) {
      for (const [name, lane] of lanes) if (lane.keys !== null) addTo(lane, rows[name] ?? []);
    },
    flush: () => handOver(({ rows, bytes }) => rows >= batchSize || bytes >= BATCH_BYTES),
    enqueue,
    async finish() {
      await handOver(({ rows }) => rows > 0);
      await copying.at(-1);
      for (const { file } of lanes.values()) await file.commit();
      return Object.fromEntries([...lanes].map(([name, lane]) => [name, lane.rows]));
    },
    async discard() {
      await copying.at(-1)?.catch(() => undefined);
      for (const { file } of lanes.values()) await file.discard();
    },
  };
}

function addRows({ encoder, keys, table }: Lane, rows: readonly Row[]): void {
  for (const row of rows) {
    const key = keys === null ? null : JSON.stringify(table.key.map((column) => row[column]));
    if (key !== null && keys?.has(key) === true) continue;
    if (key !== null) keys?.add(key);
    encoder.encode(row);
  }
}

/** The compiler rejects a transform that omits a column, but the program can run without the compiler. */
function unloadable(error: UnwritableValue, table: Table, { name }: Resource, source: string): PipelineError {
  const { column, value } = error;
  return new PipelineError(
    `Cannot load ${name}: its transform returns ${value} for column ${column} of table ${table.name}`,
    {
      code: 'internal',
      hint: `Correct transform in ${fileOf(source, name)}: each column needs a value or null.`,
      cause: error,
    },
  );
}
