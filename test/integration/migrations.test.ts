import { after } from 'node:test';

import { openServer } from '../../src/adapters/postgres/server.ts';
import { testMigrationFiles } from '../suites/migration-files-suite.ts';
import { testConcurrentMigrations, testMigrations } from '../suites/migrations-suite.ts';
import { testRepair } from '../suites/repair-suite.ts';
import { openSharedPglite } from '../suites/pglite.ts';
import { createDatabase } from '../support/postgres.ts';

const testDatabase = await createDatabase();
after(() => testDatabase.drop());
const openDatabase = async (schema: string) => openServer({ url: testDatabase.url, schema });

testMigrations('PostgreSQL', openDatabase);
testMigrationFiles('PostgreSQL', openDatabase);
testRepair('PostgreSQL', openDatabase);
testConcurrentMigrations(openDatabase);
const openPglite = await openSharedPglite();
testMigrations('PGlite', openPglite);
testMigrationFiles('PGlite', openPglite);
testRepair('PGlite', openPglite);
