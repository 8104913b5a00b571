import { startLaunchLibrary } from '../src/sandbox/launch-library/server.ts';
import {
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
  type ChangingWorld,
} from '../test/support/launch-library/changing-world.ts';
import { startHolding, type Holding } from '../test/support/launch-library/holding.ts';
import { QUICK_SOURCE } from '../test/support/workspace.ts';
import type { Experiment, Lab } from './lab.ts';
import { digest, losses, mustSucceed, openPlace, query, untilGone, type Place } from './place.ts';

const LAUNCHES = 60;
const PAGE_SIZE = 10;
/** Each page except the first begins with the last record of the previous page. */
const PAGES = Math.ceil((LAUNCHES - 1) / (PAGE_SIZE - 1));
const RUN = ['--source', 'launch-library', 'run', '--migrate'];
const MINUTE = 60_000;

/** A multi-page pull that is killed, either between two pages or within a page, continues where it stopped. */
export const pagedPulls: readonly Experiment[] = [
  {
    name: 'paged pull',
    async run(lab, { server }) {
      const records = simulatedLaunches(LAUNCHES);
      const world = createChangingWorld(records);
      const library = await startLaunchLibrary({ world, requestsPerWindow: 1e6 });
      const holding = await startHolding(library.baseUrl);
      const places = await Promise.all(
        ['paged', 'paged_twin'].map((schema) => openPaged(server.url, schema, holding.baseUrl)),
      );
      const [place, twin] = places;
      if (place === undefined || twin === undefined) throw new Error('Cannot open more than one place');
      const changing = { holding, place, twin, world };
      try {
        for (const one of places) await mustSucceed(one.cli(RUN));
        const turns = Math.ceil(lab.kills / 20);
        for (let turn = 0; turn < turns; turn += 1) {
          await killOnce(lab, changing, 'between two pages', 0);
          await killOnce(lab, changing, 'within a page', (1 + lab.random(98)) / 100);
        }
        await lab.inject('paged pull, verify after all kills', async () => {
          const { code, stderr } = await place.cli(['--source', 'launch-library', 'verify']);
          return code === 0 ? [] : [`verify: exit ${code}: ${stderr.slice(-300)}`];
        });
      } finally {
        for (const one of places) await one.close();
        await holding.close();
        await library.close();
      }
    },
  },
];

async function openPaged(url: string, schema: string, baseUrl: string): Promise<Place> {
  const own = { ...QUICK_SOURCE, baseUrl, schema, provider: 'all', pageSize: PAGE_SIZE };
  const place = await openPlace(url, `${schema}_other`, { others: { 'launch-library': own } });
  return {
    ...place,
    schema,
    sql: (text) => query(url, `SET search_path = ${schema}, ${schema}_pipeline; ${text}`),
  };
}

type Changing = {
  readonly holding: Holding;
  readonly place: Place;
  /** A place in which no pull is killed, for comparison. */
  readonly twin: Place;
  readonly world: ChangingWorld;
};

async function killOnce(
  lab: Lab,
  { holding, place, twin, world }: Changing,
  fault: string,
  share: number,
): Promise<void> {
  await lab.inject(`SIGKILL of a paged pull ${fault}`, async () => {
    const changed = world.at(0).filter(() => lab.random(4) === 0);
    const time = Date.now() - MINUTE;
    world.put(
      ...changed.map(({ record }, index) =>
        updatedAt(record(), time - index * 1000, { name: lab.random(5) === 0 ? null : `Named at ${time}` }),
      ),
    );
    await mustSucceed(twin.cli([...RUN, '--full']));
    const expected = await digest(twin);
    holding.asked();

    const { held } = holding.hold(1 + lab.random(PAGES - 1), share);
    const running = place.start([...RUN, '--full']);
    await Promise.race([held, running.finished]);
    running.kill('SIGKILL');
    await running.finished;
    await untilGone(place, running.pid);
    const { code, stderr } = await place.cli(RUN);
    const lost = code === 0 ? [] : [`run: exit ${code}: ${stderr.slice(-500)}`];
    const asked = holding.asked();
    const twice = asked.length - new Set(asked).size;
    if (twice > (share === 0 ? 0 : 1)) lost.push(`${twice} of ${asked.length} pages were requested twice`);
    const [runs] = await place.sql<{ n: number }>(
      `SELECT count(*)::integer AS n FROM runs WHERE status NOT IN ('succeeded', 'partial')`,
    );
    if (runs?.n !== 0) lost.push(`${runs?.n} unfinished runs are left`);
    return [...lost, ...(await losses(place, expected))];
  });
}
