import { testCoverage } from '../../../test/suites/coverage-suite.ts';
import { testResource } from '../../../test/suites/resource-suite.ts';
import launchLibrary from './source.ts';

for (const resource of launchLibrary.resources) {
  testResource(resource, launchLibrary.resources);
  testCoverage(resource);
}
