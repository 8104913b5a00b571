import { describe } from 'node:test';

import type { OpenDatabase } from './target-lab.ts';
import { testConservation } from './target-conservation.ts';
import { testMerge } from './target-merge.ts';
import { testPublish } from './target-publish.ts';

/** The conformance suite of the target: every database that the pipeline loads into passes it. */
export function testTarget(name: string, openDatabase: OpenDatabase): void {
  describe(name, () => {
    testMerge(openDatabase);
    testPublish(openDatabase);
    testConservation(openDatabase);
  });
}
