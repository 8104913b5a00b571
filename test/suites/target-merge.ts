import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Row } from '../../src/core/table.ts';
import { load, openLab, read, versions, type Lab, type Load, type OpenDatabase } from './target-lab.ts';
import { part, parts, STAMP, tag } from './target-resources.ts';

type Rest = Partial<Load> & { readonly tags?: readonly Row[]; readonly links?: readonly Row[] };

/** Tests what a publish does to tables, rows and tombstones. */
export function testMerge(openDatabase: OpenDatabase): void {
  describe('a merge', () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab(openDatabase);
    });
    after(() => lab.close());

    const loadParts = (main: readonly Row[], { tags = [], links = [], ...rest }: Rest = {}) =>
      load(lab, [{ ...partsOnly(main, tags, links), ...rest }]);

    it('inserts, updates, keeps and deletes rows, and counts each kind', async () => {
      const first = await loadParts([part('a', { note: '1' }), part('b'), part('c')]);
      assert.partialDeepStrictEqual(first.entries[0]?.report.tables['parts'], {
        staged: 3,
        inserted: 3,
        updated: 0,
        unchanged: 0,
        deleted: 0,
        held: 0,
        live_before: 0,
        live_after: 3,
      });
      const second = await loadParts([part('a', { note: '2' }), part('b'), part('d')]);
      assert.partialDeepStrictEqual(second.entries[0]?.report.tables['parts'], {
        staged: 3,
        inserted: 1,
        updated: 1,
        unchanged: 1,
        deleted: 1,
        held: 0,
        live_before: 3,
        live_after: 3,
      });
      const all = await lab.session.rows('SELECT id, note, _run_id, _first_run_id FROM parts ORDER BY id');
      assert.deepEqual(all, [
        { id: 'a', note: '2', _run_id: second.id, _first_run_id: first.id },
        { id: 'b', note: null, _run_id: first.id, _first_run_id: first.id },
        { id: 'd', note: null, _run_id: second.id, _first_run_id: second.id },
      ]);
      const times = await lab.session.rows<{
        id: string;
        since: string;
      }>(`SELECT p.id, r.run_id AS since FROM parts p JOIN runs r ON p._loaded_at <= r.finished_at
           AND NOT EXISTS (SELECT FROM runs o WHERE o.finished_at < r.finished_at AND p._loaded_at <= o.finished_at)
         ORDER BY p.id`);
      assert.deepEqual(
        times.map(({ id, since }) => [id, since]),
        [
          ['a', second.id],
          ['b', first.id],
          ['d', second.id],
        ],
      );
    });

    it('keeps the complete old row of a deleted record as a tombstone, even when the record returns', async () => {
      const values = { note: 'old', amount: 7, sound: true, ratio: 0.5, made_on: '2020-02-29' };
      await loadParts([part('gone', values), part('stays')]);
      const [old] = await lab.session.rows<{ row: unknown }>(
        `SELECT to_jsonb(p) AS row FROM parts p WHERE id = 'gone'`,
      );
      const without = await loadParts([part('stays')]);
      const tombstones = () =>
        lab.session.rows(
          `SELECT table_name, row_id, run_id, "row" FROM tombstones WHERE row_id = 'gone' ORDER BY 1, 2, 3`,
        );
      const expected = [{ table_name: 'parts', row_id: 'gone', run_id: without.id, row: old?.row }];
      assert.deepEqual(await tombstones(), expected);

      const back = await loadParts([part('gone', { note: 'new' }), part('stays')]);
      assert.equal(back.entries[0]?.report.inserted, 1);
      assert.deepEqual(await tombstones(), expected);
      const [row] = await lab.session.rows(`SELECT note, _first_run_id FROM parts WHERE id = 'gone'`);
      assert.deepEqual(row, { note: 'new', _first_run_id: back.id });
    });

    it('keeps the old row and child rows of a record that arrived malformed, and counts them as held', async () => {
      const tags = [tag('x', 1), tag('x', 2), tag('y', 1)];
      await loadParts([part('x', { note: 'old' }), part('y')], { tags });
      const end = await loadParts([part('z')], { held: ['x', 'never seen'] });
      const { tables } = end.entries[0]?.report ?? {};
      assert.partialDeepStrictEqual(tables, {
        parts: { held: 1, deleted: 1, live_after: 2 },
        part_tags: { held: 2, deleted: 1, live_after: 2 },
      });
      assert.deepEqual(
        (await read(lab, 'parts')).map(({ id, note }) => [id, note]),
        [
          ['x', 'old'],
          ['z', null],
        ],
      );
      assert.deepEqual(
        (await read(lab, 'part_tags')).map(({ part_id, position }) => [part_id, position]),
        [
          ['x', 1],
          ['x', 2],
        ],
      );
    });

    it('deletes child rows that a received record no longer has, with tombstones under the owner’s id', async () => {
      await loadParts([part('p'), part('q')], {
        tags: [tag('p', 1, 'one'), tag('p', 2, 'two'), tag('q', 1)],
        links: [
          { part_id: 'p', maker_id: 'm1' },
          { part_id: 'p', maker_id: 'm2' },
        ],
      });
      const end = await loadParts([part('p'), part('q')], {
        tags: [tag('p', 1, 'changed'), tag('q', 1), tag('q', 2)],
        links: [{ part_id: 'p', maker_id: 'm2' }],
      });
      assert.partialDeepStrictEqual(end.entries[0]?.report.tables, {
        parts: { unchanged: 2, deleted: 0 },
        part_tags: { inserted: 1, updated: 1, unchanged: 1, deleted: 1 },
        part_makers: { inserted: 0, updated: 0, unchanged: 1, deleted: 1 },
      });
      const dead = await lab.session.rows(
        `SELECT table_name, row_id, "row"->'position' AS position, "row"->>'maker_id' AS maker FROM tombstones
         WHERE run_id = $1 ORDER BY table_name`,
        [end.id],
      );
      assert.deepEqual(dead, [
        { table_name: 'part_makers', row_id: 'p', position: null, maker: 'm1' },
        { table_name: 'part_tags', row_id: 'p', position: 2, maker: null },
      ]);
    });

    it('keeps all records if deletes are off', async () => {
      await loadParts([part('a'), part('b')], { tags: [tag('a', 1)] });
      const end = await loadParts([part('c')], { deletes: false, held: ['a'] });
      assert.partialDeepStrictEqual(end.entries[0]?.report, { deleted: 0, inserted: 1, held: 1 });
      assert.deepEqual(
        (await read(lab, 'parts')).map(({ id }) => id),
        ['a', 'b', 'c'],
      );
      assert.equal((await read(lab, 'part_tags')).length, 1);
    });

    it('deletes old child rows of a record that arrived again, even if deletes are off', async () => {
      await loadParts([part('a'), part('b')], { tags: [tag('a', 1), tag('a', 2), tag('b', 1)] });
      const end = await loadParts([part('a')], { tags: [tag('a', 1)], deletes: false });
      assert.partialDeepStrictEqual(end.entries[0]?.report.tables, {
        parts: { deleted: 0, live_after: 2 },
        part_tags: { deleted: 1, live_after: 2 },
      });
      assert.deepEqual(
        (await read(lab, 'part_tags')).map(({ part_id, position }) => [part_id, position]),
        [
          ['a', 1],
          ['b', 1],
        ],
      );
    });

    it('writes nothing if nothing changed except stamps', async () => {
      const main = [part('a', { note: '' }), part('b', { amount: 1, ratio: 0.1, sold_at: STAMP }), part('c')];
      const links = [{ part_id: 'a', maker_id: 'm' }];
      await loadParts(main, { tags: [tag('a', 1)], links });
      const asItWas = await allVersions(lab);
      const later = { transformed_at_utc: '2027-05-05T05:05:05Z', transformed_at_date: '2027-05-05' };
      const end = await loadParts(
        main.map((row) => ({ ...row, ...later })),
        { tags: [tag('a', 1)], links },
      );
      assert.partialDeepStrictEqual(end.entries[0]?.report, { unchanged: 3, updated: 0 });
      assert.deepEqual(await allVersions(lab), asItWas);
    });

    it('updates a stamp when something else changes', async () => {
      await loadParts([part('a', { note: 'x' })]);
      await loadParts([part('a', { note: 'y', transformed_at_utc: '2027-05-05T05:05:05Z' })]);
      const [row] = await lab.session.rows(`SELECT transformed_at_utc AS at FROM parts WHERE id = 'a'`);
      assert.deepEqual(row, { at: '2027-05-05T05:05:05Z' });
    });

    it('computes the same digest for the same content, no matter when it was transformed', async () => {
      const digests: (string | undefined)[] = [];
      for (const [year, note] of [
        [2026, 'x'],
        [2027, 'y'],
        [2028, 'y'],
        [2029, 'x'],
      ] as const) {
        const made = { transformed_at_utc: `${year}-05-05T05:05:05Z`, transformed_at_date: `${year}-05-05` };
        const end = await loadParts([part('a', { note, ...made })]);
        digests.push(end.entries[0]?.report.tables['parts']?.digest);
      }
      const [first, other, unchanged, again] = digests;
      assert.notEqual(other, first);
      assert.equal(unchanged, other);
      assert.equal(again, first);
    });

    it('distinguishes null from an empty string, in both directions', async () => {
      await loadParts([part('a', { note: null }), part('b', { note: '' })]);
      const end = await loadParts([part('a', { note: '' }), part('b', { note: null })]);
      assert.equal(end.entries[0]?.report.updated, 2);
      assert.deepEqual(
        (await read(lab, 'parts')).map(({ note }) => note),
        ['', null],
      );
    });

    it('stores any text unchanged through COPY, and later recognizes it as unchanged', async () => {
      const main = TEXTS.map((note, index) => part(String(index).padStart(3, '0'), { note }));
      await loadParts(main);
      const found = await lab.session.rows<{ note: string }>('SELECT note FROM parts ORDER BY id');
      assert.deepEqual(
        found.map(({ note }) => note),
        TEXTS,
      );
      assert.equal((await loadParts(main)).entries[0]?.report.unchanged, TEXTS.length);
    });

    it('stores the extreme values of every type through COPY', async () => {
      const values = [
        { amount: Number.MAX_SAFE_INTEGER, grade: 2 ** 31 - 1, ratio: Number.MAX_VALUE, sound: true },
        { amount: Number.MIN_SAFE_INTEGER, grade: -(2 ** 31), ratio: Number.MIN_VALUE, sound: false },
        { amount: 0, grade: 0, ratio: 0.1 + 0.2, sound: null },
        { amount: null, grade: null, ratio: 1e21, sound: null },
      ];
      await loadParts(values.map((row, index) => part(String(index), row)));
      const found = await lab.session.rows('SELECT amount, grade, ratio, sound FROM parts ORDER BY id');
      assert.deepEqual(found, values);
    });
  });
}

async function allVersions(lab: Lab): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const { name } of parts.tables) all.push(await versions(lab, name));
  return all;
}

function partsOnly(main: readonly Row[], tags: readonly Row[], links: readonly Row[]): Load {
  return {
    resource: { ...parts, needs: {} },
    rows: { parts: main, part_tags: tags, part_makers: links },
    deletes: true,
  };
}

const TEXTS = [
  '',
  ' ',
  '"',
  '""',
  "'",
  ',',
  '\n',
  '\r\n',
  '\t',
  '\\',
  '\\.',
  '\n\\.\n',
  '\\N',
  'NULL',
  'a\\nb',
  'x,"y"\n\'z\'\\',
  '🚀 Фалкон 猎鹰 é\u0301',
  '\u{10FFFF}\uFFFE\u0001\u007F\u2028\uFEFF',
  ' both ends ',
  'x'.repeat(300_000),
];
