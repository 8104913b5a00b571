import type { RunReport } from '../src/core/run.ts';
import type { DriftReport } from '../src/output/records.ts';

export const RUN_EXAMPLE: RunReport = {
  run_id: '01a20a91-2f03-7f8b-bc30-b4316f8e0a15',
  status: 'succeeded',
  source: 'spacex',
  address: 'live',
  simulated: false,
  run_dir: '/home/me/data/runs/01a20a91-2f03-7f8b-bc30-b4316f8e0a15',
  job: null,
  started_at: '2026-11-23T22:40:16.515Z',
  finished_at: '2026-11-23T22:40:17.301Z',
  resources: {
    launches: {
      status: 'succeeded',
      received: 205,
      validated: 205,
      errored: 0,
      repeated: 0,
      pass: 'full',
      inserted: 205,
      updated: 0,
      unchanged: 0,
      deleted: 0,
      held: 0,
      not_modified: false,
      pages: [
        {
          path: 'raw/launches/0001.json',
          url: 'https://web.archive.org/web/20251006050535id_/https://api.spacexdata.com/v5/launches',
          bytes: 419_234,
          sha256: 'f5a1…',
          etag: null,
          received_by: '01a20a91-2f03-7f8b-bc30-b4316f8e0a15',
          captured_at: '2025-10-06T05:05:35.000Z',
          proof: 'etag',
        },
      ],
      seconds: 0.21,
      tables: {
        launches: {
          staged: 205,
          inserted: 205,
          updated: 0,
          unchanged: 0,
          deleted: 0,
          held: 0,
          live_before: 0,
          live_after: 205,
          digest: '205:1067459826301437',
          carried: false,
          dangling: { rocket_id: 0 },
        },
      },
      error: null,
    },
  },
  error: null,
};

export const DRIFT_EXAMPLE: DriftReport = {
  run_id: '01a20bfa-790a-758e-b683-f0fbd92c42bc',
  resources: {
    launches: {
      against: '01a20bfa-6014-7add-bcde-44e3159def71',
      records: 205,
      untold: 0,
      moved: [
        {
          kind: 'unknown_field',
          path: '/cores/*/speed',
          found: 'number|null',
          count: 12,
          before: null,
          now: null,
        },
      ],
    },
  },
};
