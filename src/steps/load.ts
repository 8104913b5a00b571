import type { RunFolder, StageFile } from '../core/ports.ts';
import type { Resource, Rows } from '../core/resource.ts';
import type { Row, Table } from '../core/table.ts';
import type { Staging } from '../core/target.ts';
import { createCsvEncoder, type CsvEncoder } from '../lib/csv.ts';

/** The load step of one resource: rows → intermediate files and staging tables, the same bytes to both. */
export type Loader = {
  readonly add: (rows: Rows) => void;
  /** Hands over what is a full batch. The copy of one batch runs while the next is made. */
  readonly flush: () => Promise<void>;
  /** Hands over the rest and closes the files. Gives the rows of each table. */
  readonly finish: () => Promise<Readonly<Record<string, number>>>;
  readonly discard: () => Promise<void>;
};

type Lane = { readonly table: Table; readonly encoder: CsvEncoder; readonly file: StageFile; rows: number };

export async function createLoader(
  resource: Resource,
  context: { readonly staging: Staging; readonly folder: RunFolder; readonly batchSize: number },
): Promise<Loader> {
  const { staging, folder, batchSize } = context;
  const lanes = new Map<string, Lane>();
  for (const table of resource.tables) {
    const file = await folder.openStage('intermediate', `${table.name}.csv`);
    const encoder = createCsvEncoder(Object.keys(table.columns));
    await file.write(encoder.header());
    lanes.set(table.name, { table, encoder, file, rows: 0 });
  }
  let copying: Promise<void> = Promise.resolve();

  async function copy(
    full: readonly { readonly lane: Lane; readonly csv: Uint8Array<ArrayBuffer> }[],
  ): Promise<void> {
    for (const { lane, csv } of full) {
      await lane.file.write(csv);
      lane.rows += await staging.copy(lane.table, csv);
    }
  }

  async function handOver(minimum: number): Promise<void> {
    const full = [...lanes.values()].filter(({ encoder }) => encoder.rows >= minimum);
    if (full.length === 0) return;
    const batch = full.map((lane) => ({ lane, csv: lane.encoder.take() }));
    await copying;
    copying = copy(batch);
    // Whoever awaits next sees the failure; until then it is no unhandled one.
    copying.catch(() => undefined);
  }

  return {
    add(rows) {
      for (const [name, lane] of lanes) addRows(lane, rows[name] ?? []);
    },
    flush: () => handOver(batchSize),
    async finish() {
      await handOver(1);
      await copying;
      for (const { file } of lanes.values()) await file.commit();
      return Object.fromEntries([...lanes].map(([name, lane]) => [name, lane.rows]));
    },
    async discard() {
      await copying.catch(() => undefined);
      for (const { file } of lanes.values()) await file.discard();
    },
  };
}

function addRows(lane: Lane, rows: readonly Row[]): void {
  for (const row of rows) lane.encoder.encode(row);
}
