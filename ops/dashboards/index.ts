import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { launchData } from './launch-data.ts';
import { nextLaunches } from './next-launches.ts';
import { pipelineHealth } from './pipeline-health.ts';

/** By file name in ops/grafana/dashboards/. */
export const dashboards: Readonly<Record<string, () => Dashboard>> = {
  'pipeline-health.json': pipelineHealth,
  'launch-data.json': launchData,
  'next-launches.json': nextLaunches,
};

/** As Grafana reads it. The SDK does not give ids to panels. */
export function dashboardText(dashboard: Dashboard): string {
  const panels = dashboard.panels?.map((panel, index) => ({ ...panel, id: index + 1 }));
  return `${JSON.stringify({ ...dashboard, panels }, null, 2)}\n`;
}
