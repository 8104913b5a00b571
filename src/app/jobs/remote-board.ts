import { PipelineError, type ErrorReport } from '../../core/errors.ts';
import type { JobReport, JobTry } from '../../core/job.ts';
import type { ReachedFolder } from './reach-folder.ts';

const TIMEOUT_MS = 30_000;

/** The jobs of a `serve` process on this machine. Throws the errors that the process returns. */
export function remoteBoard(url: string, token: string | null, signal: AbortSignal): ReachedFolder {
  async function ask<T>(
    method: 'GET' | 'POST',
    path: string,
    answers: (body: object) => boolean = () => false,
  ): Promise<T> {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(`${url}/api/v1${path}`, { method, headers, signal: limit }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        throw unreached(url, error);
      },
    );
    const answer = (await response.json().catch(() => ({}))) as T & { readonly error?: ErrorReport };
    if (response.ok || answers(answer)) return answer;
    const { error } = answer;
    if (response.status === 401) {
      throw new PipelineError(`Cannot call ${url}: it requires a token`, {
        code: 'usage',
        hint: 'Set SPACEX_PIPELINE_TOKEN to the token that serve was started with.',
      });
    }
    throw new PipelineError(error?.message ?? `Cannot call ${url}: it responded with ${response.status}`, {
      code: error?.code ?? 'internal',
      hint: error?.hint ?? undefined,
    });
  }

  const of = (name: string): string => `/jobs/${encodeURIComponent(name)}`;
  return {
    isRemote: true,
    entries: async () => [],
    list: () => ask<readonly JobReport[]>('GET', '/jobs'),
    history: (name, limit) => ask<readonly JobTry[]>('GET', `${of(name)}/history?limit=${limit}`),
    enable: (name, enabled) => ask<JobReport>('POST', `${of(name)}/${enabled ? 'enable' : 'disable'}`),
    async run(name) {
      // A job that is already queued is an error over HTTP, but a valid result for a command.
      const path = `${of(name)}/run`;
      const { job_id } = await ask<{ readonly job_id: string | null }>(
        'POST',
        path,
        (body) => 'job_id' in body,
      );
      return { id: job_id, unserved: false };
    },
  };
}

function unreached(url: string, error: unknown): PipelineError {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new PipelineError(`Cannot call ${url}: ${reason}`, {
    code: 'busy',
    cause: error,
    hint: 'Try again. If serve has crashed, its jobs will be read from the database.',
  });
}
