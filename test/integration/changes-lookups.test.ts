import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, it, type TestContext } from 'node:test';

import { object, text } from '../../src/core/contract.ts';
import { defineResource, type Resource } from '../../src/core/resource.ts';
import { SIMULATED_HEADER } from '../../src/core/simulated.ts';
import { mainTable, notNull, orNull } from '../../src/core/table.ts';
import launches from '../../src/sources/launch-library/launches.ts';
import launchLibrary from '../../src/sources/launch-library/source.ts';
import { stepsOf } from '../support/derived.ts';
import {
  MINUTE,
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';
import { startLiving } from '../support/launch-library/living.ts';
import { createTestServer } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

const crews = defineResource({
  name: 'crews',
  description: 'Crew members.',
  path: '/crews',
  shape: 'array',
  pull: 'snapshot',
  contract: object({ id: text(), name: text() }),
  tables: [mainTable('crews', 'Crew members.', { id: notNull.id('Id.'), name: orNull.text('Name.') })],
  transform: (record) => ({ crews: [record] }),
  exampleQuery: 'SELECT id FROM crews',
});

/** Launches whose hashtag is the name of a crew member. */
const crewed: Resource = {
  ...launches,
  needs: { crews: 'name' },
  transform(record, context) {
    const { launches: [row = {}] = [], ...rows } = launches.transform(record, context);
    return { ...rows, launches: [{ ...row, hashtag: context.lookup('crews', 'c1') }] };
  },
};

/** Answers requests for crews, and forwards all other requests to the stand-in. */
async function startApi(t: TestContext) {
  const state = { crew: 'First', behind: '' };
  const answer = async (url: string, response: ServerResponse): Promise<void> => {
    response.setHeader('content-type', 'application/json');
    response.setHeader(SIMULATED_HEADER, 'true');
    if (url.endsWith('/crews')) {
      response.end(JSON.stringify([{ id: 'c1', name: state.crew }]));
      return;
    }
    const found = await fetch(new URL(url, state.behind));
    response.setHeader('date', found.headers.get('date') ?? '');
    response.end(Buffer.from(await found.arrayBuffer()));
  };
  const api = createServer((request, response) => void answer(request.url ?? '', response));
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  t.after(() => api.close());
  const { port } = api.address() as AddressInfo;
  return Object.assign(state, { url: `http://127.0.0.1:${port}/2.3.0/` });
}

void it('a poll writes looked-up values, and derives the whole chain again when a looked-up value changes', async (t) => {
  const records = simulatedLaunches(10);
  const [first = {}] = records;
  const world = createChangingWorld(records);
  const api = await startApi(t);
  const living = await startLiving(t, server, {
    world,
    source: { ...launchLibrary, resources: [crews, crewed] },
    settings: { baseUrl: api.url },
  });
  api.behind = living.url;
  // The first run creates the tables of the real source.
  await living.run();
  await living.rows(`CREATE TABLE crews (id text PRIMARY KEY, name text, _run_id text NOT NULL,
    _first_run_id text NOT NULL, _loaded_at timestamptz NOT NULL)`);
  const pull = async () => {
    const run = await living.run();
    assert.equal(run.status, 'succeeded', run.error?.message);
    assert.ok((await living.verify()).intact);
    return run;
  };
  const names = () => living.rows('SELECT hashtag, count(*)::int AS n FROM launches GROUP BY 1 ORDER BY 1');

  assert.equal((await pull()).resources['launches']?.pass, 'full');
  assert.deepEqual(await names(), [{ hashtag: 'First', n: 10 }]);

  living.at += 15 * MINUTE;
  world.put(updatedAt(first, living.at - MINUTE, { name: 'Changed' }));
  assert.partialDeepStrictEqual((await pull()).resources['launches'], { received: 1, updated: 1 });
  assert.deepEqual(await names(), [{ hashtag: 'First', n: 10 }]);

  living.at += 15 * MINUTE;
  api.crew = 'Second';
  const again = await pull();
  assert.partialDeepStrictEqual(again.resources['launches'], { pass: 'changes', received: 11, updated: 10 });
  assert.deepEqual(await names(), [{ hashtag: 'Second', n: 10 }]);

  living.at += 15 * MINUTE;
  const quiet = await pull();
  assert.partialDeepStrictEqual(quiet.resources['launches'], { not_modified: true, received: 0 });
  assert.ok(!stepsOf(quiet)['launches']?.includes('load'));
});
