import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { ledgerSchema } from '../../src/adapters/postgres/sql.ts';
import type { Resource } from '../../src/core/resource.ts';
import { NO_ROWS, rowCounts, type RawFile } from '../../src/core/run.ts';
import type { LastPublish } from '../../src/core/target.ts';
import { publish, type Derived } from '../../src/steps/publish.ts';
import {
  ANY_LOSS,
  beginRun,
  load,
  openLab,
  snapshot,
  stage,
  versions,
  type Lab,
  type Load,
  type OpenDatabase,
} from './target-lab.ts';
import { maker, makers, part, parts, TABLES, tag } from './target-resources.ts';

/**
 * Tests publishing resources that were not derived again because their tables have not changed since the last
 * publish.
 */
export function testUnchanged(openDatabase: OpenDatabase): void {
  describe('a resource without changes', () => {
    let lab: Lab;
    let last: { readonly makers: LastPublish; readonly parts: LastPublish };
    before(async () => {
      lab = await openLab(openDatabase);
    });
    after(() => lab.close());
    beforeEach(async () => {
      const { entries, id } = await load(lab, [makersLoad, partsLoad]);
      const [ofMakers, ofParts] = entries.map(({ report: { errored, received, tables } }) => ({
        run_id: id,
        address: 'test',
        simulated: null,
        pages: [PAGE],
        derivation_key: 'a key',
        has_rejects: false,
        errored,
        received,
        tables,
        chain: null,
      }));
      assert.ok(ofMakers && ofParts);
      last = { makers: ofMakers, parts: ofParts };
    });

    it('is counted without being staged or written', async () => {
      const asItWas = await Promise.all(TABLES.map(({ name }) => versions(lab, name)));
      const run = await beginRun(lab);
      const both = [unchanged(makers, last.makers), unchanged(parts, last.parts)];
      const { entries, status } = await publish(both, run.target, ANY_LOSS);
      assert.equal(status, 'succeeded');
      assert.deepEqual(await Promise.all(TABLES.map(({ name }) => versions(lab, name))), asItWas);
      for (const { report, resource } of entries) {
        assert.partialDeepStrictEqual(report, {
          received: 3,
          unchanged: 3,
          inserted: 0,
          updated: 0,
          deleted: 0,
        });
        for (const { name } of resource.tables) {
          const { dangling, digest, live_after } =
            last.makers.tables[name] ?? last.parts.tables[name] ?? assert.fail();
          const left = { staged: live_after, unchanged: live_after, live_before: live_after, live_after };
          assert.deepEqual(report.tables[name], { ...NO_ROWS, ...left, digest, dangling });
        }
      }
      const books = await lab.session.rows('SELECT count(*) AS n FROM run_tables WHERE run_id = $1', [
        run.id,
      ]);
      assert.deepEqual(books, [{ n: TABLES.length }]);
      const staging = await lab.session.rows(
        `SELECT FROM pg_class WHERE starts_with(relname, 'staging_') AND relnamespace::regnamespace::text = $1`,
        [ledgerSchema(lab.database.schema)],
      );
      assert.deepEqual(staging, []);
    });

    it('is looked up in its target table by a derived resource', async () => {
      const run = await beginRun(lab);
      const found = await run.target.lookup(makers, 'name', false);
      assert.deepEqual(Object.fromEntries(found), { m0: 'maker m0', m1: 'maker m1', m2: 'maker m2' });
      const changed = { ...partsLoad, rows: { ...partsLoad.rows, parts: [part('p0', { note: 'changed' })] } };
      const both = [unchanged(makers, last.makers), await stage(run, changed)];
      const { entries } = await publish(both, run.target, ANY_LOSS);
      assert.deepEqual(
        entries.map(({ report: { deleted, status, updated } }) => [status, updated, deleted]),
        [
          ['succeeded', 0, 0],
          ['succeeded', 1, 2],
        ],
      );
    });

    it('has its references counted again, because other tables have changed', async () => {
      const run = await beginRun(lab);
      const fewer = { ...makersLoad, rows: { makers: [maker('m0')] } };
      const both = [await stage(run, fewer), unchanged(parts, last.parts)];
      const { entries } = await publish(both, run.target, ANY_LOSS);
      assert.deepEqual(entries[1]?.report.tables['parts']?.dangling, { maker_id: 2 });
    });

    for (const change of [
      `UPDATE parts SET note = 'altered' WHERE id = 'p1'`,
      `DELETE FROM part_tags`,
      `INSERT INTO part_makers VALUES ('p0', 'm9', '', '', now())`,
    ]) {
      it(`fails the whole run if another session has written to its tables: ${change}`, async () => {
        const run = await beginRun(lab);
        const fewer = { ...makersLoad, rows: { makers: [maker('m0', 'changed')] } };
        const both = [await stage(run, fewer), unchanged(parts, last.parts)];
        await lab.session.query(change);
        const asItWas = await snapshot(lab);
        await assert.rejects(publish(both, run.target, ANY_LOSS), {
          code: 'books',
          message: /^Cannot publish part\w+: its rows have changed since run \S+/,
        });
        assert.deepEqual(await snapshot(lab), asItWas);
      });
    }
  });
}

const IDS = ['0', '1', '2'];

const makersLoad: Load = { resource: makers, rows: { makers: IDS.map((id) => maker(`m${id}`)) } };

const partsLoad: Load = {
  resource: parts,
  rows: {
    parts: IDS.map((id) => part(`p${id}`, { maker_id: `m${id}` })),
    part_tags: IDS.flatMap((id) => [tag(`p${id}`, 0), tag(`p${id}`, 1)]),
    part_makers: IDS.map((id) => ({ part_id: `p${id}`, maker_id: `m${id}` })),
  },
};

const PAGE: RawFile = {
  path: '',
  url: '',
  bytes: 0,
  sha256: '',
  etag: null,
  received_by: '',
  captured_at: null,
  proof: null,
};

function unchanged(resource: Resource, last: LastPublish): Derived {
  const { received } = last;
  const counts = { received, validated: received, errored: 0, repeated: 0, ...rowCounts(NO_ROWS) };
  return {
    resource,
    report: {
      status: 'succeeded',
      pass: 'full',
      ...counts,
      not_modified: true,
      pages: [PAGE],
      seconds: 0,
      tables: {},
      error: null,
    },
    steps: {},
    staged: {},
    deletes: false,
    allRead: false,
    key: 'a key',
    unchanged: last,
    replaces: false,
    carries: null,
    touched: null,
    chain: null,
  };
}
