export { FAULTS_HELP } from '../sandbox/fault-spec.ts';
export { startSandbox } from '../sandbox/server.ts';
export { REVISIONS } from '../sandbox/universe/universe.ts';
