import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { checkRows, ledgerChecks } from '../../src/adapters/postgres/checks.ts';
import type { DataCheck } from '../../src/core/resource.ts';
import { load, openLab, type Lab, type OpenDatabase } from './target-lab.ts';
import { maker, makers, part, parts } from './target-resources.ts';

const SOUNDLESS: DataCheck = {
  name: 'part_without_sound',
  severity: 'warning',
  description: 'A part that was never tested',
  sql: `SELECT id, 'grade ' || coalesce(grade::text, 'none') AS detail FROM parts WHERE sound IS NULL`,
};

/** Tests data checks, which run on published data, are recorded in the ledger, and never block a publish. */
export function testChecks(openDatabase: OpenDatabase): void {
  describe('data checks', () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab(openDatabase);
    });
    after(() => lab.close());

    it('wait for the resources that they read, count violations, and report that they cannot run', async () => {
      const checks: DataCheck[] = [
        SOUNDLESS,
        { ...SOUNDLESS, name: 'nothing', severity: 'error', sql: `${SOUNDLESS.sql} AND false` },
        { ...SOUNDLESS, name: 'wrong', severity: 'info', sql: 'SELECT id, detail FROM nowhere' },
        { ...SOUNDLESS, name: 'across', reads: ['makers'] },
      ];
      const resource = { ...parts, needs: {}, checks };
      const rows = { parts: [part('a', { grade: 2 }), part('b', { sound: true }), part('c')] };

      const first = await load(lab, [{ resource, rows }]);
      const kept = { resource: 'parts', severity: 'warning', error: null };
      const found = await first.target.check([resource]);
      assert.deepEqual(found.slice(0, 2), [
        { ...kept, name: 'part_without_sound', count: 2 },
        { ...kept, name: 'nothing', severity: 'error', count: 0 },
      ]);
      assert.partialDeepStrictEqual(found.slice(2), [
        { name: 'wrong', severity: 'info', count: null },
        { ...kept, name: 'across', count: null },
      ]);
      assert.match(found[2]?.error ?? '', /^Cannot run check wrong: .*nowhere/);
      assert.deepEqual(byName(await ledgerChecks(lab.session, first.id)), byName(found));
      assert.deepEqual(await checkRows(lab.session, SOUNDLESS, 10), [
        { id: 'a', detail: 'grade 2' },
        { id: 'c', detail: 'grade none' },
      ]);
      assert.equal((await checkRows(lab.session, SOUNDLESS, 1)).length, 1);

      const second = await load(lab, [
        { resource: makers, rows: { makers: [maker('m')] } },
        { resource, rows },
      ]);
      assert.equal((await second.target.check([resource])).at(-1)?.count, 2);
    });
  });
}

function byName<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
