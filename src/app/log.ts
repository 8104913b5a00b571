export { createLog as openLog } from '../adapters/log.ts';
