import { after } from 'node:test';

import { openServer } from '../../src/adapters/postgres/server.ts';
import { testTarget } from '../suites/target-suite.ts';
import { createDatabase } from '../support/postgres.ts';

const { url, drop } = await createDatabase();
after(drop);

testTarget('PostgreSQL', async (schema) => openServer({ url, schema }));
