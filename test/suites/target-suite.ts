import { describe } from 'node:test';

import type { OpenDatabase } from './target-lab.ts';
import { testChecks } from './target-checks.ts';
import { testConservation } from './target-conservation.ts';
import { testFormats } from './target-formats.ts';
import { testMerge } from './target-merge.ts';
import { testPublish } from './target-publish.ts';
import { testQuery } from './target-query.ts';
import { testRecorded } from './target-recorded.ts';
import { testSandbox } from './target-sandbox.ts';
import { testRuns } from './target-runs.ts';
import { testSchemas } from './target-schemas.ts';
import { testUnchanged } from './target-unchanged.ts';
import { testValues } from './target-values.ts';

/** The target's conformance suite, which every database that the pipeline loads into must pass. */
export function testTarget(name: string, openDatabase: OpenDatabase): void {
  describe(name, () => {
    testMerge(openDatabase);
    testPublish(openDatabase);
    testUnchanged(openDatabase);
    testChecks(openDatabase);
    testConservation(openDatabase);
    testRuns(openDatabase);
    testSchemas(openDatabase);
    testQuery(openDatabase);
    testValues(openDatabase);
    testFormats(openDatabase);
    testRecorded(openDatabase);
    testSandbox(openDatabase);
  });
}
