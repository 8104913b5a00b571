import type { Answer } from '../src/adapters/http/client.ts';
import { readAll } from '../src/adapters/http/archive/page.ts';
import { compareProfiles, noveltyOf } from '../src/core/drift.ts';
import { loadValidation } from '../src/core/load-validation.ts';
import type { PageQuery } from '../src/core/paging.ts';
import { launchChanges } from '../src/sources/launch-library/changes.ts';
import launches from '../src/sources/launch-library/launches.ts';
import { quota } from '../src/sources/launch-library/quota.ts';
import { readPage } from '../src/steps/read-page.ts';
import { createProfiler } from '../src/steps/profile.ts';

const SMALL = 2_000_000;
const PAGE_SIZE = 2;
const WEEK_MS = 7 * 86_400_000;

type Inspect = (answer: Answer) => Promise<string>;
type Get = (url: string, about: string, look: Inspect) => Promise<string | null>;

/**
 * Sends three requests without a token. The first reads the quota and does not count toward it; if the quota is used
 * up, sends no more.
 */
export async function askLaunchLibrary(get: Get, baseUrl: string, now: number): Promise<void> {
  let left: number | null = null;
  await get(`${baseUrl}${quota.path}`, 'returns the quota', async (answer) => {
    const found = quota.read(JSON.parse((await readSmall(answer)).toString()));
    if (found === null) throw new Error('the response does not contain a quota');
    left = found.left;
    return `${found.left} of ${found.limit} requests per ${found.seconds} s left`;
  });
  if (left === 0) return;
  const since = `${new Date(now - WEEK_MS).toISOString().slice(0, 19)}Z`;
  await getPage(get, baseUrl, { by: 'change', from: null }, 'returns the launches with the oldest changes');
  await getPage(
    get,
    baseUrl,
    { by: 'change', from: since },
    `returns the launches that changed since ${since}`,
  );
}

async function getPage(get: Get, baseUrl: string, ask: PageQuery & { readonly by: 'change' }, about: string) {
  const query = launchChanges.query(ask, { pageSize: PAGE_SIZE, scope: '121' });
  await get(`${baseUrl}${launches.path}?${query}`, about, async (answer) => {
    const { envelope, records } = await readPage(launchChanges, chunksOf(await readSmall(answer)));
    const found = records.map(({ parsed }) => {
      if (!parsed.ok) throw new Error('a record is not valid JSON');
      return parsed.record as Readonly<Record<string, unknown>>; // the contract check below reports anything that is not an object
    });
    const check = await loadValidation(launches.contract);
    const faults = found.flatMap((record) => check(record) ?? []);
    if (faults.length > 0)
      throw new Error(
        `a record breaks its contract: ${faults.map(({ path, code }) => `${path} ${code}`).join(', ')}`,
      );
    const times = found.map((record) => Date.parse(String(record[launchChanges.changedAt])));
    if (times.some((time, index) => time < (times[index - 1] ?? Date.parse(ask.from ?? ''))))
      throw new Error('the records are not sorted by the time of change, or include older changes');
    if (typeof envelope['count'] !== 'number')
      throw new Error('the response does not contain the number of launches');
    const news = noveltiesIn(found);
    if (news.length > 0) throw new Error(`not in the contract: ${news.join(', ')}`);
    return `${found.length} of ${envelope['count']} launches, ${boostersOf(found)} boosters`;
  });
}

/** Fields, types and values that the contract does not define. */
function noveltiesIn(records: readonly unknown[]): readonly string[] {
  const profiler = createProfiler(launches.contract);
  for (const record of records) profiler.add(record);
  return compareProfiles(profiler.end(launches.name), null)
    .filter((drift) => noveltyOf(drift) !== null)
    .map(({ found, kind, path }) => `${path} (${kind}${found === null ? '' : `: ${found}`})`);
}

function boostersOf(records: readonly Readonly<Record<string, unknown>>[]): number {
  const context = { transformedAt: new Date(0).toISOString(), lookup: () => null };
  const rows = records.map((record) => launches.transform(record, context)['launch_boosters'] ?? []);
  return rows.flat().length;
}

async function readSmall(answer: Answer): Promise<Buffer> {
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  return readAll(answer, SMALL);
}

async function* chunksOf(body: Buffer): AsyncGenerator<Uint8Array> {
  yield body;
}
