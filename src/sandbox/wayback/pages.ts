import type { Answer } from './send.ts';

/** A response from the archive itself, which never has the headers of a capture. */
export function page(status: number, text: string, headers: Answer['headers'] = {}): Answer {
  return {
    status,
    headers: { ...SERVER, 'Content-Type': 'text/html; charset=utf-8', ...headers },
    body: html('Wayback Machine', text),
  };
}

export function html(title: string, text: string): Buffer {
  return Buffer.from(
    `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head>\n<body><h1>${title}</h1><p>${text}</p></body></html>\n`,
  );
}

export function redirect(location: string, timestamp: string): Answer {
  return {
    status: 302,
    headers: {
      ...SERVER,
      'Content-Type': 'text/plain; charset=utf-8',
      location,
      'x-archive-redirect-reason': `found capture at ${timestamp}`,
      'x-ts': '302',
    },
    body: Buffer.alloc(0),
  };
}

export const SERVER = { server: 'nginx', 'x-app-server': 'wwwb-app200', 'x-page-cache': 'MISS' };
export const NOT_ARCHIVED = page(404, 'The Wayback Machine has not archived that URL.', { 'x-ts': '404' });
