import { describe } from 'node:test';

import { testCoverage } from '../../test/suites/coverage-suite.ts';
import { testResource } from '../../test/suites/resource-suite.ts';
import { sources } from './index.ts';

for (const { name, resources } of sources)
  describe(`source ${name}`, () => {
    for (const resource of resources) {
      testResource(resource, resources);
      testCoverage(resource);
    }
  });
