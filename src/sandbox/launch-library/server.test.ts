import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { PipelineError } from '../../core/errors.ts';
import { SIMULATED_HEADER } from '../../core/simulated.ts';
import { FAULTS_HEADER } from '../fault-spec.ts';
import { startLaunchLibrary, type LaunchLibrary, type LaunchLibraryOptions } from './server.ts';
import { SIMULATED_FROM } from './simulated/timeline.ts';

type Launch = {
  readonly id: string;
  readonly name: string;
  readonly net: string;
  readonly last_updated: string;
  readonly response_mode: string;
  readonly launch_service_provider: { readonly id: number };
};
type Page = {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Launch[];
};

const UNLIMITED: LaunchLibraryOptions = { requestsPerWindow: 1e6, at: SIMULATED_FROM, launches: 120 };

describe('the stand-in for Launch Library', () => {
  let library: LaunchLibrary;
  before(async () => {
    library = await startLaunchLibrary(UNLIMITED);
  });
  after(() => library.close());

  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(library.baseUrl + path, { redirect: 'manual', ...init });
  const page = async (query: string): Promise<Page> =>
    (await get(`launches/${query}`)).json() as Promise<Page>;
  const all = async (query: string): Promise<readonly Launch[]> => {
    const launches: Launch[] = [];
    for (let next: string | null = `${library.baseUrl}launches/?limit=100&${query}`; next !== null;) {
      const one = (await (await fetch(next)).json()) as Page;
      launches.push(...one.results);
      next = one.next;
    }
    return launches;
  };

  test('serves ten launches by default and a hundred at most, in order of net', async () => {
    const { count, next, previous, results } = await page('');
    assert.equal(count, 120);
    assert.equal(next, `${library.baseUrl}launches/?limit=10&offset=10`);
    assert.equal(previous, null);
    assert.equal(results.length, 10);
    assert.deepEqual(results, results.toSorted(by('net')));
    assert.equal((await page('?limit=1000')).results.length, 100);
    assert.equal((await page('?limit=1000')).next, `${library.baseUrl}launches/?limit=100&offset=100`);
    for (const odd of ['?limit=0', '?limit=many', '?offset=-1', '?ordering=slug', '?limit=']) {
      assert.deepEqual((await page(odd)).results, results, odd);
    }
  });

  test('links pages to each other with the request’s parameters', async () => {
    const { next, previous } = await page(
      '?offset=4&limit=5&ordering=id&last_updated__gte=2020-01-01T00:00:00Z',
    );
    const kept = 'last_updated__gte=2020-01-01T00%3A00%3A00Z&limit=5';
    assert.equal(next, `${library.baseUrl}launches/?${kept}&offset=9&ordering=id`);
    assert.equal(previous, `${library.baseUrl}launches/?${kept}&ordering=id`);
    const last = await page('?offset=115&limit=5');
    assert.deepEqual([last.next, last.results.length], [null, 5]);
    assert.deepEqual((await page('?offset=120')).results, []);
    assert.equal(new Set((await all('ordering=id')).map(({ id }) => id)).size, 120);
  });

  test('orders by id, last_updated, name and net, in both directions and by several fields', async () => {
    for (const field of ['id', 'last_updated', 'name', 'net'] as const) {
      const values = (await all(`ordering=${field}`)).map((launch) => launch[field]);
      assert.deepEqual(values, values.toSorted(compare), field);
      const reversed = (await all(`ordering=-${field}`)).map((launch) => launch[field]);
      assert.deepEqual(reversed, values.toReversed(), field);
    }
    const both = await all('ordering=nonsense,-last_updated,id');
    assert.equal(both.length, 120);
    assert.ok(both.every(({ last_updated: at }, index) => at <= (both[index - 1]?.last_updated ?? 'Z')));
  });

  test('filters by provider, id and last_updated', async () => {
    const launches = await all('ordering=id');
    const provider = (launch: Launch): number => launch.launch_service_provider.id;
    const own = launches.filter((launch) => provider(launch) === 121);
    assert.ok(own.length > 60 && own.length < 90);
    assert.deepEqual(await all('ordering=id&lsp__id=121'), own);
    assert.deepEqual(
      await all('ordering=id&lsp__id=900101,900102'),
      launches.filter((launch) => provider(launch) !== 121),
    );
    const [one, two] = launches as [Launch, Launch];
    assert.deepEqual(await all(`ordering=id&id=${one.id},${two.id.replaceAll('-', '')}`), [one, two]);
    const middle = launches.map(({ last_updated: at }) => at).toSorted(compare)[60] ?? '';
    const since = await all(`ordering=id&last_updated__gte=${middle}`);
    assert.deepEqual(
      since,
      launches.filter(({ last_updated: at }) => at >= middle),
    );
    const until = await all(
      `ordering=id&last_updated__lte=${middle.replace('Z', '+00:00').replace('+', '%2B')}`,
    );
    assert.ok(until.length > 0 && until.every(({ last_updated: at }) => at <= middle));
    assert.equal((await page(`?last_updated__gte=2999-01-01`)).count, 0);
  });

  test('responds in three modes, each with all fields of the previous mode', async () => {
    const [detailed, normal, list] = await Promise.all(
      ['detailed', 'normal', 'list'].map(
        async (mode) => (await page(`?limit=1&mode=${mode}`)).results[0] ?? {},
      ),
    );
    const fieldsOf = (launch: object = {}): string[] => Object.keys(launch);
    assert.deepEqual(fieldsOf(list), fieldsOf(normal).slice(0, fieldsOf(list).length));
    assert.deepEqual(fieldsOf(normal), fieldsOf(detailed).slice(0, fieldsOf(normal).length));
    assert.deepEqual(
      [fieldsOf(list).length, fieldsOf(normal).length, fieldsOf(detailed).length],
      [14, 32, 39],
    );
    assert.deepEqual((await page('?limit=1')).results, [normal]);
    const { id, response_mode: mode } = detailed as Launch;
    assert.equal(mode, 'detailed');
    assert.deepEqual(await (await get(`launches/${id}/`)).json(), detailed);
    assert.deepEqual(await (await get(`launches/${id}/?mode=list`)).json(), list);
  });

  test('returns 400 for a filter that it cannot parse', async () => {
    for (const [query, parameter, reason] of [
      ['?last_updated__gte=yesterday', 'last_updated__gte', 'Enter a valid date/time.'],
      ['?last_updated__lte=2025-01-01T00:00:00+00:00', 'last_updated__lte', 'Enter a valid date/time.'],
      ['?lsp__id=SpaceX', 'lsp__id', 'Enter a number.'],
      ['?id=17', 'id', '“17” is not a valid UUID.'],
      ['?mode=all', 'mode', 'Select a valid choice. all is not one of the available choices.'],
    ] as const) {
      const response = await get(`launches/${query}`);
      assert.equal(response.status, 400, query);
      assert.deepEqual(await response.json(), { [parameter]: [reason] });
    }
  });

  test('returns 404 and 405, and redirects to the path with a slash, as Django does', async () => {
    const unknown = await get('launches/00000000-0000-4000-8000-000000000000/');
    assert.deepEqual([unknown.status, await unknown.json()], [404, { detail: 'Not found.' }]);
    for (const path of ['', 'events/', 'launches/17/', '../2.2.0/launch/']) {
      assert.equal((await get(path)).status, 404, path);
    }
    const moved = await get('launches?limit=1');
    assert.deepEqual([moved.status, moved.headers.get('location')], [301, '/2.3.0/launches/?limit=1']);
    const post = await get('launches/', { method: 'POST' });
    assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD, OPTIONS']);
    assert.deepEqual(await post.json(), { detail: 'Method "POST" not allowed.' });
    assert.equal(await (await get('launches/', { method: 'HEAD' })).text(), '');
  });

  test('marks every response as simulated, and sends the time of the simulated world', async () => {
    for (const path of ['launches/', 'nothing/', 'api-throttle/']) {
      const { headers } = await get(path);
      assert.equal(headers.get(SIMULATED_HEADER), 'true');
      assert.equal(headers.get('date'), 'Thu, 01 Jan 2026 00:00:00 GMT');
    }
  });

  test('logs requests with their queries', async () => {
    await get('launches/?limit=3');
    assert.deepEqual(library.requests().at(-1), {
      method: 'GET',
      path: '/2.3.0/launches/?limit=3',
      status: 200,
    });
  });

  const faulty = async (faults: string, path: string): Promise<Response> =>
    get(path, { headers: { [FAULTS_HEADER]: faults } });

  test('supports the same faults as the other stand-in', async () => {
    const refused = await faulty('429=7@launches', 'launches/');
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '7']);
    await assert.rejects(faulty('reset', 'launches/'), TypeError);
    await assert.rejects((await faulty('reset-body=2000', 'launches/')).text(), TypeError);
    const text = await (await faulty('bom,pretty,crlf', 'launches/?limit=2')).text();
    assert.match(text, /\r\n {4}"id": "/);
    assert.equal((JSON.parse(text.replace('\u{feff}', '')) as Page).results.length, 2);
    const began = performance.now();
    await (await faulty('late=80', 'launches/?limit=1')).text();
    assert.ok(performance.now() - began >= 79);
  });

  test('breaks and drops the same launches on every page', async () => {
    const whole = await all('ordering=id');
    for (const [spec, field] of [
      ['bad=0.2:wrong-type', 'status'],
      ['bad=0.2:missing-field', 'name'],
      ['bad=0.2:bad-date', 'net'],
    ] as const) {
      const broken = async (query: string): Promise<readonly string[]> => {
        const { results } = (await (await faulty(spec, `launches/${query}`)).json()) as Page;
        return results.flatMap((launch) => {
          const good = whole.find(({ id }) => id === launch.id) ?? assert.fail(launch.id);
          const value = (record: object): unknown => (record as Record<string, unknown>)[field];
          return JSON.stringify(value(good)) === JSON.stringify(value(launch)) ? [] : [launch.id];
        });
      };
      const hit = await broken('?limit=100&ordering=id');
      assert.ok(hit.length > 8 && hit.length < 35, `${hit.length} of 100`);
      const again = [
        ...(await broken('?limit=50&ordering=id')),
        ...(await broken('?limit=50&offset=50&ordering=id')),
      ];
      assert.deepEqual(again, hit);
    }
    const rest = (await (await faulty('gone=0.34', 'launches/?limit=100')).json()) as Page;
    assert.equal(rest.results.length, rest.count);
    assert.ok(rest.count > 50 && rest.count < 110, `${rest.count} of 120`);
  });
});

test('sends a different Date header, or none, if configured', async () => {
  for (const [date, expected] of [
    [() => null, null],
    [(time: number) => time + 601_000, 'Thu, 01 Jan 2026 00:10:01 GMT'],
  ] as const) {
    const library = await startLaunchLibrary({ ...UNLIMITED, date });
    const { headers } = await fetch(`${library.baseUrl}launches/`);
    await library.close();
    assert.equal(headers.get('date'), expected);
  }
});

test('rejects invalid options', async () => {
  for (const options of [
    { port: 70_000 },
    { launches: 20_001 },
    { seed: -1 },
    { faults: 'x' },
    { records: 'x' },
  ]) {
    await assert.rejects(
      startLaunchLibrary(options),
      (error) => error instanceof PipelineError && error.code === 'usage',
      JSON.stringify(options),
    );
  }
});

function by(field: 'id' | 'net'): (one: Launch, other: Launch) => number {
  return (one, other) => compare(one[field], other[field]);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
