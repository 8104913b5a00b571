import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/**
 * Serves the responses that `record` in main.ts has stored: for each path, the folder contains one file with the body
 * and one with the headers. Runs in a separate process. Serving stored responses takes a fraction of the time that the
 * sandbox needs to generate them, so the benchmark measures the pipeline and not the sandbox.
 */

const [, , folder = '.'] = process.argv;

export function bodyFile(root: string, path: string): string {
  return join(root, encodeURIComponent(path));
}

const server = createServer((request, response) => {
  const file = bodyFile(folder, request.url ?? '');
  const headers: Record<string, string> = JSON.parse(readFileSync(`${file}.headers`, 'utf8'));
  response.writeHead(200, { ...headers, 'content-length': statSync(file).size });
  if (request.method === 'HEAD') response.end();
  else createReadStream(file, { highWaterMark: 1 << 18 }).pipe(response);
});
if (import.meta.main) {
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`http://127.0.0.1:${port}\n`);
  });
}
