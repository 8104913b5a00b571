import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { assertFailure, createWorkspace, QUICK_SOURCE } from '../support/workspace.ts';

const workspace = createWorkspace({
  batchSize: 11,
  concurrency: 2,
  source: { ...QUICK_SOURCE, schema: 'from_file' },
});
after(workspace.remove);

type Entry = { readonly value: unknown; readonly origin: string };

void describe('config', { concurrency: 3 }, () => {
  void it('prints each value with its origin, and respects the order of precedence', async () => {
    const env = {
      SPACEX_PIPELINE_CONCURRENCY: '3',
      SPACEX_PIPELINE_BATCH_SIZE: '12',
      SPACEX_API_BASE_URL: 'http://api.example/',
      POSTGRES_HOST: 'db.example',
      POSTGRES_USER: 'me',
      POSTGRES_PASSWORD: 'secret',
      POSTGRES_DB: 'launches',
    };
    const { code, stdout, stderr } = await workspace.run(['config', '--json', '--schema', 'from_flag'], env);
    assert.deepEqual([code, stderr], [0, '']);
    const config: Readonly<Record<string, Entry>> = JSON.parse(stdout);
    assert.deepEqual(config['sources.spacex.schema'], { value: 'from_flag', origin: 'flag --schema' });
    assert.deepEqual(config['batchSize'], { value: 12, origin: 'environment SPACEX_PIPELINE_BATCH_SIZE' });
    assert.deepEqual(config['sources.spacex.baseUrl'], {
      value: 'http://api.example',
      origin: 'environment SPACEX_API_BASE_URL',
    });
    assert.match(
      config['sources.spacex.maxAttempts']?.origin ?? '',
      /^file .*spacex-pipeline\.config\.json$/,
    );
    assert.equal(config['deletes']?.origin, 'default');
    assert.equal(config['dataDir']?.value, path.join(workspace.folder, 'data'));
    assert.match(String(config['database.url']?.value), /^postgres(?:ql)?:\/\/me.*@db\.example.*\/launches/);
    assert.doesNotMatch(stdout, /secret/);
  });

  void it('rejects invalid jobs, as serve and jobs do', async (t) => {
    const own = createWorkspace({ jobs: { nightly: { schedule: '0 0 4 * * *' } } });
    t.after(own.remove);
    for (const command of ['config', 'jobs', 'serve'])
      assertFailure(await own.run([command]), {
        code: 2,
        message: /config\.json: jobs\.nightly\.schedule must be .* with 6; did you mean "0 4 \* \* \*"\?$/,
        hint: /spacex-pipeline jobs$/,
      });
    assert.deepEqual(own.list(), ['spacex-pipeline.config.json']);
  });

  void it('prints a table', async () => {
    const { stdout } = await workspace.run(['config']);
    assert.match(stdout, /^key +value +from$/m);
    assert.match(stdout, /^sources\.spacex\.schema +"from_file" +file \S+spacex-pipeline\.config\.json$/m);
  });

  void it('reads .env, but the real environment takes precedence', async (t) => {
    const own = createWorkspace(null);
    t.after(own.remove);
    writeFileSync(
      path.join(own.folder, '.env'),
      'SPACEX_PIPELINE_SCHEMO=x\nSPACEX_API_BASE_URL=http://dot.env\n',
    );
    const wrong = await own.run(['config']);
    assertFailure(wrong, { code: 2, message: /SPACEX_PIPELINE_SCHEMO in \.env: unknown variable/ });
    writeFileSync(path.join(own.folder, '.env'), 'POSTGRES_DB=weak\nSPACEX_API_BASE_URL=http://dot.env\n');
    const { stdout } = await own.run(['config', '--json'], { SPACEX_API_BASE_URL: 'http://real.env' });
    const config: Readonly<Record<string, Entry>> = JSON.parse(stdout);
    assert.equal(config['sources.spacex.baseUrl']?.value, 'http://real.env');
    assert.equal(config['database.url']?.value, null, 'a database name alone does not configure a server');
  });

  for (const { settings, message } of [
    {
      settings: { source: { maxAttemps: 3 } },
      message: /sources\.spacex\.maxAttemps.*did you mean.*maxAttempts/,
    },
    { settings: { source: { baseUrl: 'ftp://x' } }, message: /sources\.spacex\.baseUrl.*http.*"ftp:\/\/x"/ },
    { settings: { limits: { rejects: { share: 2 } } }, message: /limits\.rejects\.share.*1.*2/ },
  ]) {
    void it(`rejects ${JSON.stringify(settings)}`, async (t) => {
      const own = createWorkspace();
      t.after(own.remove);
      own.configure(settings);
      assertFailure(await own.run(['config']), { code: 2, message, hint: /config\.json/ });
    });
  }

  void it('finds the data folder next to the file that --config names', async (t) => {
    const elsewhere = createWorkspace(null);
    t.after(elsewhere.remove);
    const file = path.join(workspace.folder, 'spacex-pipeline.config.json');
    const config = await elsewhere.json<Readonly<Record<string, Entry>>>(['config', '--config', file]);
    assert.equal(config['dataDir']?.value, path.join(workspace.folder, 'data'));
    const missing = await elsewhere.run(['config', '--config', 'none.json']);
    assertFailure(missing, { code: 2, message: /none\.json: there is no such file/ });
  });
});
