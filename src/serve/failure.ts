import {
  NotFoundError,
  PipelineError,
  reportError,
  type ErrorCode,
  type ErrorReport,
} from '../core/errors.ts';

type RefusalOptions = {
  readonly hint: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A request that the server rejects. */
export class Refusal extends PipelineError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, { headers = {}, hint }: RefusalOptions) {
    super(message, { code: 'usage', hint });
    this.name = 'Refusal';
    this.status = status;
    this.headers = headers;
  }
}

const STATUS: { readonly [C in ErrorCode]?: number } = {
  usage: 400,
  busy: 409,
  database: 503,
  migration: 503,
};

export function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status;
  if (error instanceof NotFoundError) return 404;
  return STATUS[reportError(error).code] ?? 500;
}

/** The response to any failure: the error as JSON. */
export function failure(error: unknown): Response {
  const body: { readonly error: ErrorReport } = { error: reportError(error) };
  const headers = error instanceof Refusal ? error.headers : {};
  return Response.json(body, { status: statusOf(error), headers });
}
