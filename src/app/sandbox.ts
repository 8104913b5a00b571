export { FAULTS_HELP } from '../sandbox/fault-spec.ts';
export { LAUNCH_LIBRARY } from '../sandbox/launch-library/name.ts';
export { startLaunchLibrary } from '../sandbox/launch-library/server.ts';
export { startSandbox } from '../sandbox/server.ts';
export { REVISIONS } from '../sandbox/universe/universe.ts';
export { WAYBACK_FAULTS_HELP } from '../sandbox/wayback/faults.ts';
export { startWayback } from '../sandbox/wayback/server.ts';
