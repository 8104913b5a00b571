import { describe } from 'node:test';

import type { OpenDatabase } from './target-lab.ts';
import { testMerge } from './target-merge.ts';

/** The conformance suite of the target: every database that the pipeline loads into passes it. */
export function testTarget(name: string, openDatabase: OpenDatabase): void {
  describe(name, () => {
    testMerge(openDatabase);
  });
}
