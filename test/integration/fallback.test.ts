import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { openSource } from '../../src/app/source.ts';
import { forSource, type LoadedSource } from '../../src/config/for-source.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Log } from '../../src/core/ports.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import spacex from '../../src/sources/spacex/source.ts';

const PROBE = '/v4/rockets';

/** The configuration of a user who configured nothing, but with the live API somewhere else. */
async function withLiveAt(baseUrl: string): Promise<LoadedSource> {
  const loaded = forSource(await loadConfig({ env: {}, cwd: '/' }), spacex);
  const { settings } = loaded.config;
  return { ...loaded, config: { ...loaded.config, settings: { ...settings, baseUrl } } };
}

function openedLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const add = (line: string): void => void lines.push(line);
  return { lines, log: { debug: add, info: add, warn: add, error: add } };
}

describe('a run that may fall back', () => {
  const cases: Readonly<Record<string, { faults: string; reason: RegExp }>> = {
    'answers 5xx': { faults: 'status=503', reason: /it answered 503/ },
    'asks for a challenge': { faults: 'challenge', reason: /it answered 403/ },
    'answers with a page': { faults: 'html', reason: /text\/html.* where JSON is due/ },
    'breaks the connection': { faults: 'reset', reason: /\S/ },
    'does not answer within 3 s': { faults: 'hang', reason: /no answer within 3 s/ },
  };
  for (const [what, { faults, reason }] of Object.entries(cases)) {
    it(`takes the sandbox, and says why, when the live API ${what}`, async () => {
      const live = await startSandbox({ faults });
      const loaded = await withLiveAt(live.url);
      const { lines, log } = openedLog();
      const choice = { name: null, orSandbox: true, probePath: PROBE };
      const { signal } = new AbortController();
      const opened = await openSource(loaded, choice, { clock: systemClock, log, signal });
      try {
        assert.equal(opened.upstream.address, 'sandbox');
        assert.equal(opened.simulated, true);
        assert.equal(opened.dataDir, join(loaded.config.dataDir, 'sandbox'));
        const told = lines.find((line) => line.includes('Running on the built-in sandbox API instead'));
        assert.match(told ?? '', reason);
      } finally {
        await opened.close();
        await live.close();
      }
    });
  }
});

describe('a run', () => {
  let live: Sandbox;
  before(async () => {
    live = await startSandbox({ faults: 'status=503' });
  });
  after(() => live.close());

  const configured: Readonly<Record<string, (loaded: LoadedSource) => LoadedSource>> = {
    'a base URL': (loaded) => ({
      ...loaded,
      isDefault: (key) => key !== 'baseUrl',
    }),
    'a database': (loaded) => ({
      ...loaded,
      config: { ...loaded.config, database: { ...loaded.config.database, url: 'postgres://localhost/x' } },
    }),
  };
  for (const [what, configure] of Object.entries(configured)) {
    it(`does not fall back where ${what} is configured`, async () => {
      const { log } = openedLog();
      const loaded = configure(await withLiveAt(live.url));
      const choice = { name: null, orSandbox: true, probePath: PROBE };
      const { signal } = new AbortController();
      const opened = await openSource(loaded, choice, { clock: systemClock, log, signal });
      assert.notEqual(opened.upstream.address, 'sandbox');
      await opened.close();
    });
  }
});
