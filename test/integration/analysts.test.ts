import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { runQuery } from '../../src/adapters/postgres/query.ts';
import { openServer } from '../../src/adapters/postgres/server.ts';
import type { Session } from '../../src/adapters/postgres/session.ts';
import { textTable } from '../../src/lib/text-table.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { NOT_RECORDED, recordedBody } from '../suites/recorded.ts';
import { startApi } from '../support/api.ts';
import { REPOSITORY } from '../support/cli.ts';
import { createTestServer, readText, type TestServer } from '../support/workspace.ts';

const { resources } = spacex;

/** A heading, the first block of SQL below it and the first block of text below that. */
const QUESTION =
  /^### (?<question>.+)\n[^]*?^```sql\n(?<sql>[^]*?)^```\n[^]*?^```text\n(?<answer>[^]*?)^```$/gm;

const questions = [...readText(REPOSITORY, 'docs', 'analysts.md').matchAll(QUESTION)].map(({ groups }) => ({
  question: groups?.['question'] ?? '',
  sql: groups?.['sql'] ?? '',
  answer: groups?.['answer'] ?? '',
}));

void it('docs/analysts.md asks ten questions, each with SQL and an answer', () => {
  assert.deepEqual(
    questions.map(({ question }) => Number.parseInt(question, 10)),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
});

void describe(
  'the recorded answers of the API, asked as docs/analysts.md does',
  { skip: NOT_RECORDED },
  () => {
    let server: TestServer;
    let session: Session;
    before(async () => {
      server = await createTestServer();
      const workspace = server.workspace({ resources: null });
      const api = await startApi(
        Object.fromEntries(resources.map(({ name, path: at }) => [at, { body: recordedBody(name) }])),
      );
      const { code, stderr } = await workspace.pull(['--migrate', '--source', api.url]);
      await api.close();
      assert.equal(code, 0, stderr);
      session = await openServer({ url: server.url, schema: workspace.schema }).connect();
    });
    after(async () => {
      await session.close();
      await server.close();
    });

    for (const { question, sql, answer } of questions) {
      void it(question, async () => {
        const { columns, rows } = await runQuery(session, sql, { write: false });
        assert.equal(textTable(columns, rows), answer);
      });
    }
  },
);
