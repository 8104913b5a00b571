import { testCoverage } from '../../../test/suites/coverage-suite.ts';
import spacex from './source.ts';

for (const resource of spacex.resources) testCoverage(resource);
