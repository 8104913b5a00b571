import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { startLaunchLibrary, type LaunchLibraryOptions } from './server.ts';
import { SIMULATED_FROM } from './simulated/timeline.ts';
import { createWorld, type LaunchState } from './world.ts';

type Launch = { readonly id: string; readonly name: string; readonly last_updated: string };
type Page = { readonly next: string | null; readonly results: readonly Launch[] };

const DAY = 86_400_000;

test('a launch is served in its state at the given time, until it is no longer listed', async (t) => {
  let now = 0;
  const states: readonly LaunchState[] = [
    { record: launch('a', 1, 'later') },
    { record: launch('a', 0, 'first') },
    { record: launch('b', 1, 'hidden'), from: timeOf(2) },
    { gone: idOf('a'), from: timeOf(3) },
  ];
  const { names } = await started(t, { world: createWorld(states), clock: { now: () => now } });
  const seen = [];
  for (const hour of [-1, 0, 1, 2, 3]) {
    now = timeOf(hour);
    seen.push(await names());
  }
  assert.deepEqual(seen, [[], ['first'], ['later'], ['later', 'hidden'], ['hidden']]);
});

test('the last of several states at the same time counts, and --at stops time', async (t) => {
  const states = [
    { record: launch('a', 0, 'one') },
    { record: launch('a', 0, 'two') },
    { record: launch('a', 5, 'three') },
  ];
  const { names } = await started(t, { world: createWorld(states), at: timeOf(4) });
  assert.deepEqual(await names(), ['two']);
});

test('a client that pages by offset while launches change misses some of them', async (t) => {
  let page = 0;
  const states: LaunchState[] = Array.from({ length: 9 }, (_, index) => ({
    record: launch(String(index), index, `launch ${index}`),
  }));
  // When the client requests the second page, two launches on the first page move to the end.
  states.push({ record: launch('0', 20, 'launch 0') }, { record: launch('1', 20, 'launch 1') });
  const { url } = await started(t, {
    world: createWorld(states),
    clock: { now: () => timeOf(page < 2 ? 10 : 20) },
    beforeAnswer: () => void (page += 1),
  });
  const pages = await readAll(`${url}launches/?limit=3&ordering=last_updated`);
  const seen = new Set(pages.flatMap(({ results }) => results.map(({ name }) => name)));
  assert.deepEqual(
    [3, 4].map((index) => seen.has(`launch ${index}`)),
    [false, false],
  );
  assert.equal(seen.size, 7);
});

test('a step advances the simulated world only with requests for launches', async (t) => {
  const { url, ask } = await started(t, { at: SIMULATED_FROM, stepSeconds: 86_400 });
  const dates = [];
  for (const path of ['launches/', 'api-throttle/', 'launches/', 'launches/?lsp__id=x', 'launches/']) {
    dates.push((await ask(url + path)).headers.get('date')?.slice(5, 11));
  }
  assert.deepEqual(dates, ['01 Jan', '02 Jan', '02 Jan', '03 Jan', '04 Jan']);
});

test('the simulated world changes while a client pages by offset', async (t) => {
  const { url } = await started(t, { at: SIMULATED_FROM, launches: 60, stepSeconds: 2 * 3600 });
  const pages = await readAll(`${url}launches/?limit=5&ordering=-last_updated`);
  const ids = pages.flatMap(({ results }) => results.map(({ id }) => id));
  assert.ok(new Set(ids).size < ids.length, 'no duplicates');
});

test('the order of rows with equal sort values differs between pages', async (t) => {
  const states = Array.from({ length: 40 }, (_, index) => ({ record: launch(String(index), 0, 'same') }));
  const { url } = await started(t, { world: createWorld(states), at: timeOf(1) });
  const idsOf = async (query: string): Promise<readonly string[]> =>
    (await readAll(`${url}launches/?limit=5&${query}`)).flatMap(({ results }) => results.map(({ id }) => id));
  assert.ok(new Set(await idsOf('ordering=last_updated')).size < 40);
  assert.equal(new Set(await idsOf('ordering=last_updated,id')).size, 40);
  assert.equal(new Set(await idsOf('ordering=id')).size, 40);
});

async function started(t: TestContext, options: LaunchLibraryOptions) {
  const library = await startLaunchLibrary({ requestsPerWindow: 1e6, ...options });
  t.after(library.close);
  return {
    url: library.baseUrl,
    ask: (url: string): Promise<Response> => fetch(url),
    names: async () => {
      const { results } = (await (await fetch(`${library.baseUrl}launches/?ordering=id`)).json()) as Page;
      return results.map(({ name }) => name);
    },
  };
}

async function readAll(url: string): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (let next: string | null = url; next !== null; next = pages.at(-1)?.next ?? null) {
    pages.push((await (await fetch(next)).json()) as Page);
  }
  return pages;
}

/** Hours after an arbitrary start. */
function timeOf(hour: number): number {
  return Date.UTC(2025, 5, 1) + hour * (DAY / 24);
}

function launch(id: string, hour: number, name: string): Launch & { readonly net: string } {
  const last_updated = `${new Date(timeOf(hour)).toISOString().slice(0, 19)}Z`;
  return { id: idOf(id), name, net: last_updated, last_updated };
}

function idOf(id: string): string {
  return `00000000-0000-4000-8000-${id.padStart(12, '0')}`;
}
