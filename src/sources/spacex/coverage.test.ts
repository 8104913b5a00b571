import { testCoverage } from '../../../test/suites/coverage-suite.ts';
import { resources } from '../index.ts';

for (const resource of resources) testCoverage(resource);
