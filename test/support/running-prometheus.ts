import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { stringify } from 'yaml';

import { OPS, readYaml } from './ops.ts';
import { findFreePort } from './postgres.ts';
import { listen } from './web.ts';

/** An alert as Prometheus sends it. */
export type Alert = {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601; in the past once the alert has ended. */
  readonly endsAt: string;
};

export type RunningPrometheus = {
  /** The next such alert after the last one returned, whether or not it has already arrived. */
  readonly next: (alertname: string, state: 'firing' | 'resolved') => Promise<Alert>;
  readonly stop: () => Promise<void>;
};

const OFTEN = '200ms';

/**
 * Starts a Prometheus instance with the configuration and rules from ops/, which scrapes often and sends its alerts to
 * the test.
 */
export async function startPrometheus(serveUrl: string, token: string): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'test-prometheus-'));
  const alerts = await receiveAlerts();
  const port = await findFreePort();
  type Config = {
    readonly scrape_configs: readonly Readonly<Record<string, unknown>>[];
  };
  const { scrape_configs } = readYaml<Config>('prometheus', 'prometheus.yml');
  writeFileSync(join(folder, 'token'), token);
  writeFileSync(
    join(folder, 'prometheus.yml'),
    stringify({
      global: { scrape_interval: OFTEN, scrape_timeout: OFTEN, evaluation_interval: OFTEN },
      rule_files: [join(OPS, 'prometheus', 'rules', '*.yml')],
      alerting: {
        alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alerts.port}`] }] }],
      },
      scrape_configs: scrape_configs.map((one) => ({
        ...one,
        authorization: { credentials_file: 'token' },
        static_configs: [{ targets: [new URL(serveUrl).host] }],
      })),
    }),
  );
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const ended = exited.then(([code]) => {
    throw new Error(`Prometheus ended with ${code}`);
  });
  ended.catch(() => undefined);
  return {
    next: (alertname, state) => Promise.race([alerts.next(alertname, state), ended]),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await alerts.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Receives alerts as Alertmanager does. */
async function receiveAlerts() {
  const received: Alert[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(...(JSON.parse(Buffer.concat(chunks).toString()) as Alert[]));
      for (const look of waiting) look();
      response.end();
    });
  });
  const port = await listen(server);
  return {
    port,
    next: (alertname: string, state: 'firing' | 'resolved') =>
      new Promise<Alert>((resolve) => {
        const look = (): void => {
          const index = received.findIndex(
            ({ endsAt, labels }) =>
              labels['alertname'] === alertname && Date.parse(endsAt) > Date.now() === (state === 'firing'),
          );
          const [found] = index === -1 ? [] : received.splice(0, index + 1).slice(-1);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
