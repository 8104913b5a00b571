import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';

import {
  HOUR,
  MINUTE,
  NOON,
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';
import { startLiving, type Living, type LivingOptions } from '../support/launch-library/living.ts';
import { createTestServer } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

/** No two records have the same timestamp. */
const records = simulatedLaunches(30).map((record, index) => updatedAt(record, NOON - (40 - index) * MINUTE));

/** The source, with pages of ten records and fifteen requests an hour. */
function living(
  t: TestContext,
  settings: Readonly<Record<string, unknown>> = {},
  options: Partial<LivingOptions> = {},
): Promise<Living> {
  const world = createChangingWorld(records);
  const own = { pageSize: 10, ...settings };
  return startLiving(t, server, { world, requestsPerWindow: 15, settings: own, ...options });
}

/** The log messages about pulls since line `from`. */
function told({ lines }: Living, from: number): readonly string[] {
  return lines
    .slice(from)
    .filter(({ fields }) => String(fields['event']).startsWith('pull.'))
    .map(({ message }) => message);
}

async function toldBy(one: Living, how: { readonly full?: boolean } = {}): Promise<readonly string[]> {
  const before = one.lines.length;
  const { error, status } = await one.run(how);
  assert.equal(status, 'succeeded', error?.message);
  return told(one, before);
}

describe('the messages of an incremental pull', () => {
  it('show whether and why it is a full pull, how many requests it needs, and how many are left', async (t) => {
    const one = await living(t);
    assert.deepEqual(await toldBy(one), [
      'launches: full pull: 15 of 15 requests left this hour (nothing has been published yet)',
      'launches: about 3 more requests, 14 of 15 left this hour',
    ]);
    const launches = one.asked().filter((path) => path.startsWith('/2.3.0/launches/'));
    assert.equal(launches.length, 4);
    const [size, ...others] = one.lines.filter(({ fields }) => fields['event'] === 'page.stored');
    assert.match(size?.message ?? '', /^launches: received \d+ bytes$/);
    assert.deepEqual(
      others.map(({ message }) => message.replace(/\d+ bytes/, 'bytes')),
      [2, 3, 4].map((page) => `launches, page ${page}: received bytes`),
    );

    one.at += 15 * MINUTE;
    assert.deepEqual(await toldBy(one), [
      'launches: incremental pull of changes since 2026-01-02T11:50:00.000Z: 11 of 15 requests left this hour',
    ]);
    assert.deepEqual(await toldBy(one, { full: true }), [
      'launches: full pull: about 4 requests, 10 of 15 left this hour (it was requested)',
    ]);
    one.at += 25 * HOUR;
    assert.deepEqual(await toldBy(one), [
      'launches: full pull: about 4 requests, 15 of 15 left this hour (the last full pull was 25 h ago)',
    ]);
  });

  it('show when it can continue, what would help, and where it resumes', async (t) => {
    const one = await living(t);
    for (let request = 0; request < 13; request += 1)
      await (await fetch(`${one.url}launches/?limit=1`)).arrayBuffer();
    one.asked();
    const { error } = await one.run();
    const at = error?.retry_at ?? '';
    assert.equal(Date.parse(at), NOON + HOUR);
    assert.equal(
      error?.message,
      `Cannot finish launches yet: all 15 requests per hour are used up, and 2 pages have arrived. The pull can continue at ${at}`,
    );
    assert.equal(
      error.hint,
      'Continue at that time, or now with a token, which allows more requests (sources.launch-library.token): spacex-pipeline run --source launch-library',
    );
    const ended = one.lines.find(({ fields }) => fields['event'] === 'resource.ended');
    assert.partialDeepStrictEqual(ended, { level: 'error', fields: { retry_at: at, code: 'source' } });

    // No quota is left, so the run requests only the quota, and only once.
    one.asked();
    await one.run();
    assert.deepEqual(one.asked(), ['/2.3.0/api-throttle/']);

    one.at = Date.parse(at) + 1000;
    const [again = '', more] = await toldBy(one);
    assert.equal(
      again,
      'launches: full pull, resuming after 2 pages: 15 of 15 requests left this hour (nothing has been published yet)',
    );
    assert.equal(more, 'launches: about 1 more request, 14 of 15 left this hour');
  });

  it('do not suggest a token if one is configured', async (t) => {
    const one = await living(t, { token: 'of-a-supporter-of-theirs' }, { tokenRequestsPerWindow: 0 });
    const { error } = await one.run();
    assert.equal(error?.hint, 'Continue at that time with: spacex-pipeline run --source launch-library');
  });
});
