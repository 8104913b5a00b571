import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { runQuery } from '../../src/adapters/postgres/query.ts';
import { openServer } from '../../src/adapters/postgres/server.ts';
import type { Session } from '../../src/adapters/postgres/session.ts';
import type { Rows } from '../../src/core/resource.ts';
import type { Row } from '../../src/core/table.ts';
import { textTable } from '../../src/lib/text-table.ts';
import launches from '../../src/sources/launch-library/launches.ts';
import source from '../../src/sources/launch-library/source.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { rowsOf } from '../suites/load-all.ts';
import { NOT_RECORDED, readRecorded, recordedBody } from '../suites/recorded.ts';
import { load, openLab, type Lab } from '../suites/target-lab.ts';
import { startApi } from '../support/api.ts';
import { REPOSITORY } from '../support/cli.ts';
import { launchesOfLandings } from '../support/launch-library/landed-launches.ts';
import { launchesNamedBy } from '../support/launch-library/named-launches.ts';
import {
  NOT_RECORDED as NOTHING_OF_LAUNCH_LIBRARY,
  readRecorded as recorded,
  type Json,
} from '../support/launch-library/recorded.ts';
import { readRecordedStates } from '../support/launch-library/recorded-world.ts';
import { createTestServer, createWorkspace, readText, type TestServer } from '../support/workspace.ts';

const { resources } = spacex;
const SPACEX = 121;

/** A heading, the first SQL block below it, and the first text block after that. */
const QUESTION =
  /^### (?<question>.+)\n[^]*?^```sql\n(?<sql>[^]*?)^```\n[^]*?^```text\n(?<answer>[^]*?)^```$/gm;

const questions = [...readText(REPOSITORY, 'docs', 'analysts.md').matchAll(QUESTION)].map(({ groups }) => ({
  question: groups?.['question'] ?? '',
  sql: groups?.['sql'] ?? '',
  answer: groups?.['answer'] ?? '',
}));

void it('docs/analysts.md asks sixteen questions, each with SQL and an answer', () => {
  assert.deepEqual(
    questions.map(({ question }) => Number.parseInt(question, 10)),
    Array.from({ length: 16 }, (_, index) => index + 1),
  );
});

void describe(
  'docs/analysts.md, on recorded responses',
  { skip: NOT_RECORDED || NOTHING_OF_LAUNCH_LIBRARY },
  () => {
    let server: TestServer;
    let spacexSchema: Session;
    let launchLibrary: Lab;
    let boosters: Lab;
    before(async () => {
      server = await createTestServer();
      const workspace = createWorkspace({ database: { url: server.url }, resources: null });
      const api = await startApi(
        Object.fromEntries(resources.map(({ name, path: at }) => [at, { body: recordedBody(name) }])),
      );
      const { code, stderr } = await workspace.pull(['--migrate', '--source', api.url]);
      await api.close();
      workspace.remove();
      assert.equal(code, 0, stderr);
      spacexSchema = await openServer({ url: server.url, schema: 'spacex' }).connect();
      launchLibrary = await loaded('launch_library', [...knownLaunches(), ...namedLaunches()]);
      boosters = await loaded('boosters', launchesOfLandings());
    });
    after(async () => {
      await spacexSchema.close();
      await launchLibrary.close();
      await boosters.close();
      await server.close();
    });

    /** Loads every version of these launches into a new schema. */
    async function loaded(schema: string, records: readonly Json[]): Promise<Lab> {
      const lab = await openLab(async () => openServer({ url: server.url, schema }), schema, source);
      await load(lab, [{ resource: launches, rows: newestRows(records) }]);
      return lab;
    }

    for (const { question, sql, answer } of questions) {
      void it(question, async () => {
        const { columns, rows } = await runQuery(sessionFor(question, sql), sql, { write: false });
        assert.equal(textTable(columns, rows), answer);
      });
    }

    function sessionFor(question: string, sql: string): Session {
      if (Number.parseInt(question, 10) <= 10) return spacexSchema;
      return sql.includes('launch_boosters') ? boosters.session : launchLibrary.session;
    }
  },
);

/** The SpaceX launches on a recorded page, and the states of other SpaceX launches recorded over four months. */
function knownLaunches(): readonly Json[] {
  const page: readonly Json[] = recorded('page')['results'];
  const states = readRecordedStates().states.map(({ record }) => record);
  return [...states, ...page].filter(({ launch_service_provider: provider }) => provider.id === SPACEX);
}

function namedLaunches(): readonly Json[] {
  const [frame = {}] = knownLaunches();
  return launchesNamedBy(readRecorded('launches'), readRecorded('rockets'), frame);
}

/** One row for the newest record of each launch and one row for every version, as after many pulls. */
function newestRows(records: readonly Json[]): Rows {
  const inOrder = records.toSorted((one, other) => (one['last_updated'] < other['last_updated'] ? -1 : 1));
  const rows = rowsOf(launches, inOrder, { transformedAt: '2026-01-02T03:04:05.678Z', lookup: () => null });
  const newest = launches.tables.map(({ key, name }) => {
    const keyOf = (row: Row): string => JSON.stringify(key.map((column) => row[column]));
    return [name, [...new Map((rows[name] ?? []).map((row) => [keyOf(row), row])).values()]] as const;
  });
  return Object.fromEntries(newest);
}
