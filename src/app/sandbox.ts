export { startSandbox } from '../sandbox/server.ts';
