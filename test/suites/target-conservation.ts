import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import * as fc from 'fast-check';

import type { Row } from '../../src/core/table.ts';
import { ANY_LOSS, load, openLab, read, type Lab, type Load, type OpenDatabase } from './target-lab.ts';
import { part, parts, tag } from './target-resources.ts';

type Part = { readonly id: string; readonly note: string | null; readonly tags: readonly string[] };
type Pull = { readonly parts: readonly Part[]; readonly held: readonly string[]; readonly deletes: boolean };

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const note = fc.option(fc.constantFrom('', 'x', 'ÿ', ' '), { nil: null });
const aPart = fc.record({ id, note, tags: fc.array(fc.constantFrom('t', 'u'), { maxLength: 2 }) });
const pull: fc.Arbitrary<Pull> = fc
  .record({
    parts: fc.uniqueArray(aPart, { selector: (one) => one.id, maxLength: 6 }),
    held: fc.uniqueArray(id, { maxLength: 3 }),
    deletes: fc.boolean(),
  })
  .map((one) => ({ ...one, held: one.held.filter((held) => one.parts.every((p) => p.id !== held)) }));

/**
 * Tests that the target matches a model's prediction and that the books balance, regardless of what existed before and
 * what arrives.
 */
export function testConservation(openDatabase: OpenDatabase): void {
  describe('any sequence of publishes', () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab(openDatabase);
    });
    after(() => lab.close());

    it('keeps the books balanced and produces the same rows as a model', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(pull, { minLength: 2, maxLength: 4 }), async (pulls) => {
          await load(lab, [toLoad({ parts: [], held: [], deletes: true })], ANY_LOSS);
          let model = new Map<string, Part>();
          let tombstones = await dead(lab);
          for (const one of pulls) {
            const old = model;
            model = next(old, one);
            const end = await load(lab, [toLoad(one)], ANY_LOSS);
            for (const counts of Object.values(end.entries[0]?.report.tables ?? {})) {
              const { staged, inserted, updated, unchanged, deleted, live_before, live_after } = counts;
              assert.equal(live_before + inserted - deleted, live_after);
              assert.equal(staged, inserted + updated + unchanged);
            }
            const { parts: main, part_tags: children } = end.entries[0]?.report.tables ?? {};
            const gone = [...old.keys()].filter((key) => !model.has(key)).length;
            assert.equal(main?.deleted, gone);
            assert.equal(main.live_after, model.size);
            assert.equal(main.held, one.held.filter((key) => old.has(key)).length);
            assert.deepEqual(await stored(lab), [...model.values()].sort(byId));
            assert.equal((await dead(lab)) - tombstones, gone + (children?.deleted ?? 0));
            tombstones = await dead(lab);
          }
        }),
        { numRuns: 8, endOnFailure: true },
      );
    });
  });
}

function next(old: ReadonlyMap<string, Part>, { parts: arrived, held, deletes }: Pull): Map<string, Part> {
  const staying = [...old].filter(([key]) => !deletes || held.includes(key));
  const fresh = arrived.map((one): [string, Part] => [one.id, { ...one }]);
  return new Map([...staying, ...fresh]);
}

function toLoad({ parts: mains, ...rest }: Pull): Load {
  const tags: Row[] = mains.flatMap((one) => one.tags.map((text, index) => tag(one.id, index, text)));
  const main = mains.map((one) => part(one.id, { note: one.note }));
  const resource = { ...parts, needs: {} };
  return { resource, rows: { parts: main, part_tags: tags, part_makers: [] }, ...rest };
}

async function stored(lab: Lab): Promise<Part[]> {
  const tags = await read(lab, 'part_tags');
  return (await read(lab, 'parts')).map((row) => ({
    id: String(row['id']),
    note: row['note'] as string | null,
    tags: tags.filter(({ part_id }) => part_id === row['id']).map((one) => String(one['tag'])),
  }));
}

async function dead(lab: Lab): Promise<number> {
  return (await read(lab, 'tombstones')).length;
}

function byId(a: Part, b: Part): number {
  return a.id < b.id ? -1 : 1;
}
