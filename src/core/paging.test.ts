import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { nextPageQuery, type PageQuery, type PageFacts } from './paging.ts';

type Item = { readonly id: number; readonly changed: number };

const T = Date.UTC(2026, 0, 1);
/** A time as the API shows it, without the fractions of a second in the items' times. */
const shown = (ms: number): string => new Date(T + ms - (ms % 1000)).toISOString().replace('.000Z', 'Z');
const ms = (time: string): number => Date.parse(time) - T;

/** The response of an API that orders equal times arbitrarily. */
function answer(
  items: readonly Item[],
  ask: PageQuery,
  size: number,
  lot: () => number,
): { page: Item[]; facts: PageFacts } {
  const found =
    ask.by === 'change'
      ? items
          .filter(({ changed }) => ask.from === null || changed >= ms(ask.from))
          .map((item) => ({ item, lot: lot() }))
          .sort((a, b) => a.item.changed - b.item.changed || a.lot - b.lot)
          .map(({ item }) => item)
      : items
          .filter(({ changed }) => changed >= ms(ask.from) && changed <= ms(ask.to))
          .sort((a, b) => a.id - b.id);
  const offset = ask.by === 'change' ? 0 : ask.offset;
  const page = found.slice(offset, offset + size);
  const [first, last] = [page[0], page.at(-1)].map((item) =>
    item === undefined ? null : shown(item.changed),
  );
  const more = offset + size < found.length;
  return {
    page,
    facts: { records: page.length, first: first ?? null, last: last ?? null, more, total: found.length },
  };
}

/** A generator of pseudorandom numbers from 0 to 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('paging by the time of the last change', () => {
  it('receives every record in its state at the start or a newer one, while records change between pages', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const next = random(seed);
      const size = 1 + Math.floor(next() * 7);
      // Many items share a time, sometimes all items on a page.
      let items: Item[] = Array.from({ length: 40 }, (_, id) => ({
        id,
        changed: Math.floor(next() * 12) * 700,
      }));
      const start = new Map(items.map(({ changed, id }) => [id, changed]));
      const seen = new Map<number, number>();
      let now = 12 * 700;
      let pages = 0;
      for (let ask: PageQuery | null = { by: 'change', from: null }; ask !== null; pages += 1) {
        const { facts, page } = answer(items, ask, size, next);
        for (const { changed, id } of page) seen.set(id, changed);
        ask = nextPageQuery(ask, facts);
        if (pages > 60) continue;
        now += 300;
        const lucky = Math.floor(next() * 60);
        items = items.map((item) => (item.id === lucky ? { ...item, changed: now } : item));
        if (lucky === 59) items.push({ id: items.length + 100, changed: now });
      }
      for (const [id, changed] of start)
        assert.ok(
          (seen.get(id) ?? -1) >= changed,
          `seed ${seed}: ${id} was ${seen.get(id)}, at the start ${changed}`,
        );
    }
  });

  it('requests each page once if no two records share a time', () => {
    const items = Array.from({ length: 10 }, (_, id) => ({ id, changed: id * 1000 }));
    const asked: PageQuery[] = [];
    for (let ask: PageQuery | null = { by: 'change', from: null }; ask !== null;) {
      asked.push(ask);
      ask = nextPageQuery(ask, answer(items, ask, 4, () => 0).facts);
    }
    assert.deepEqual(
      asked.map((ask) => ask.from),
      [null, shown(3000), shown(6000)],
    );
  });

  it('restarts at offset 0 if a record has left the group that shares a time', () => {
    const ask = { by: 'id', from: shown(0), to: shown(1000), offset: 4, total: 9 } as const;
    const page = { records: 2, first: null, last: null, more: true, total: 8 };
    assert.deepEqual(nextPageQuery(ask, page), { ...ask, offset: 0, total: null });
    assert.deepEqual(nextPageQuery(ask, { ...page, total: 9 }), { ...ask, offset: 6 });
  });

  it('throws if the API reports more records but gives no way to continue', () => {
    const nothing = { records: 0, first: null, last: null, more: true, total: 5 };
    assert.throws(
      () => nextPageQuery({ by: 'change', from: null }, nothing),
      /no timestamp to continue from/,
    );
    const byId = { by: 'id', from: shown(0), to: shown(1000), offset: 0, total: null } as const;
    assert.throws(() => nextPageQuery(byId, nothing), /more records follow an empty page/);
  });
});
