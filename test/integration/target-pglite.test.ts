import { openSharedPglite } from '../suites/pglite.ts';
import { testTarget } from '../suites/target-suite.ts';

testTarget('PGlite', await openSharedPglite());
