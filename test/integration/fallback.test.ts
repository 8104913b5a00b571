import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { openRuntime } from '../../src/app/runtime.ts';
import { openSource } from '../../src/app/source.ts';
import { forSource, type LoadedSource } from '../../src/config/for-source.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Log } from '../../src/core/ports.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { listen } from '../support/web.ts';

const CHOICE = { from: 'live', asOf: null, orSandbox: true };
const AWAY = 'http://127.0.0.1:1';

/** The default configuration, except that the live API is at this URL. */
async function withLiveAt(baseUrl: string): Promise<LoadedSource> {
  const loaded = forSource(await loadConfig({ env: {}, cwd: '/' }), spacex);
  const { settings } = loaded.config;
  return { ...loaded, config: { ...loaded.config, settings: { ...settings, baseUrl } } };
}

function openedLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const add = (line: string): void => void lines.push(line);
  return { lines, log: { note: add, debug: add, info: add, warn: add, error: add } };
}

const { signal } = new AbortController();
const runtime = openRuntime({ signal });

describe('a run with --or-sandbox', () => {
  it('uses the sandbox, and logs the reason, if nothing listens at the live API’s address', async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    const loaded = await withLiveAt(`http://127.0.0.1:${port}`);
    const { lines, log } = openedLog();
    const opened = await openSource(loaded, CHOICE, { clock: systemClock, log, signal, runtime });
    try {
      assert.equal(opened.upstream.address, 'sandbox');
      assert.equal(opened.dataDir, join(loaded.config.dataDir, 'sandbox'));
      const told = lines.find((line) => line.includes('Using the built-in sandbox API instead'));
      assert.match(told ?? '', /: connect ECONNREFUSED 127\.0\.0\.1:\d+\. Using/);
    } finally {
      await opened.close();
    }
  });

  it('uses the live API if it is reachable, no matter how it responds', async () => {
    const live = await startSandbox({ faults: 'status=503' });
    const opened = await openSource(await withLiveAt(live.url), CHOICE, {
      clock: systemClock,
      log: openedLog().log,
      signal,
      runtime,
    });
    assert.equal(opened.upstream.address, 'live');
    await opened.close();
    await live.close();
  });
});

describe('a run with --or-sandbox and custom settings', () => {
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
    it(`does not use the sandbox if ${what} is configured`, async () => {
      const { log } = openedLog();
      const loaded = configure(await withLiveAt(AWAY));
      const opening = openSource(loaded, CHOICE, { clock: systemClock, log, signal, runtime });
      await assert.rejects(opening, { code: 'source', message: /^Cannot reach http:/ });
    });
  }
});
