import { createRandom, type Random } from '../src/sandbox/random.ts';
import type { PostgresServer } from '../test/support/postgres.ts';
import type { Stage } from './break.ts';
import { textTable } from '../src/lib/text-table.ts';

export type LabOptions = {
  readonly seed: number;
  /** The number of kills at random moments, for each victim. */
  readonly kills: number;
  /** The number of fuzzed records. */
  readonly records: number;
  /** Kills only at the boundaries whose names contain this text. */
  readonly at: string;
  /** Injects only a sample of the faults, which takes less than a minute. */
  readonly short: boolean;
};

/** Receives the experiments' reports about what they broke and what was lost. */
export type Lab = LabOptions & {
  readonly random: Random;
  /** Records that a fault was injected once; `lost` lists every promise that was broken. */
  readonly tell: (fault: string, lost: readonly string[], how?: string) => void;
  /** Counts something to report below the table. */
  readonly count: (what: string, times?: number) => void;
  /** Records a fault that cannot be injected here, with the reason. */
  readonly skip: (fault: string, reason: string) => void;
  /** Injects a fault and records the result. If `work` throws an error, that counts as a loss. */
  readonly inject: (fault: string, work: () => Promise<readonly string[]>) => Promise<void>;
};

/** The lab's own PostgreSQL server, and a stage on it whose worlds have all been published. */
export type Grounds = { readonly server: PostgresServer; readonly stage: Stage };

export type Experiment = {
  readonly name: string;
  readonly run: (lab: Lab, grounds: Grounds) => Promise<void>;
};

type Line = { injected: number; survived: number; skipped: string | null; readonly lost: string[] };

/** Opens a lab that collects results and writes its progress. */
export function openLab(
  options: LabOptions,
  write: (text: string) => void,
): {
  readonly lab: Lab;
  /** Returns the table of results; `whole` is false if anything was lost or nothing was injected. */
  readonly close: () => { readonly table: string; readonly whole: boolean };
} {
  const lines = new Map<string, Line>();
  const counts = new Map<string, number>();
  const lineOf = (fault: string): Line => {
    const line = lines.get(fault) ?? { injected: 0, survived: 0, skipped: null, lost: [] };
    lines.set(fault, line);
    return line;
  };
  const tell: Lab['tell'] = (fault, lost, how = '') => {
    const line = lineOf(fault);
    line.injected += 1;
    if (lost.length === 0) line.survived += 1;
    if (line.injected % 25 === 0) write(`${line.injected} × ${fault}, ${line.survived} survived\n`);
    line.lost.push(...lost);
    for (const one of lost) write(`LOST  ${fault}${how === '' ? '' : ` (${how})`}: ${one}\n`);
  };
  const lab: Lab = {
    ...options,
    random: createRandom(options.seed),
    tell,
    count: (what, times = 1) => void counts.set(what, (counts.get(what) ?? 0) + times),
    skip(fault, reason) {
      lineOf(fault).skipped = reason;
      write(`skip  ${fault}: ${reason}\n`);
    },
    async inject(fault, work) {
      try {
        tell(fault, await work());
      } catch (error) {
        tell(fault, [error instanceof Error ? error.message : String(error)]);
      }
    },
  };
  return {
    lab,
    close() {
      const rows = [...lines].map(([fault, { injected, survived, skipped, lost }]) => [
        fault,
        injected,
        survived,
        lost.length,
        skipped ?? '',
      ]);
      const sum = (column: number): number => rows.reduce((all, row) => all + Number(row[column]), 0);
      const total = ['all', sum(1), sum(2), sum(3), ''];
      const table = textTable(['fault', 'injected', 'survived', 'lost', 'skipped'], [...rows, total]);
      const told = [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
      return { table: told === '' ? table : `${table}${told}\n`, whole: sum(3) === 0 && sum(1) > 0 };
    },
  };
}
