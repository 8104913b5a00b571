import spacex from '../src/sources/spacex/source.ts';
import { FAULTS_HEADER } from '../src/sandbox/fault-spec.ts';
import { startSandbox } from '../src/sandbox/server.ts';
import { REVISIONS } from '../src/sandbox/universe/universe.ts';
import type { Api, Reply } from '../test/support/api.ts';

const { resources } = spacex;

/** The resources that the lab pulls: rockets, which launches need, and payloads, which are independent. */
export const PULLED = ['rockets', 'launches', 'payloads'] as const;

export type World = Readonly<Record<string, Reply>>;

export function pathOf(name: (typeof PULLED)[number]): string {
  const found = resources.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`Cannot find resource ${name}`);
  return found.path;
}

/**
 * The API's responses in each revision of the sandbox. Some records always break their contract, others only in the
 * second revision.
 */
export async function sandboxWorlds(launches: number): Promise<readonly World[]> {
  return Promise.all(
    Array.from({ length: REVISIONS }, (_, index) =>
      sandboxWorld({ launches, revision: index + 1 }, `bad=${index === 1 ? 0.12 : 0.06}`),
    ),
  );
}

export async function sandboxWorld(
  options: { readonly launches: number; readonly revision?: number; readonly seed?: number },
  faults = '',
): Promise<World> {
  const sandbox = await startSandbox(options);
  const replies: Record<string, Reply> = {};
  for (const path of PULLED.map(pathOf)) {
    const headers = { [FAULTS_HEADER]: faults, 'accept-encoding': 'identity' };
    const response = await fetch(sandbox.url + path, { headers });
    replies[path] = { body: Buffer.from(await response.arrayBuffer()) };
  }
  await sandbox.close();
  return replies;
}

export function serve(api: Api, world: World): void {
  for (const [path, reply] of Object.entries(world)) api.set(path, reply);
}
