import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { launchData } from './launch-data.ts';
import { nextLaunches } from './next-launches.ts';
import { pipelineHealth } from './pipeline-health.ts';

/** The dashboards by file name in ops/grafana/dashboards/. */
export const dashboards: Readonly<Record<string, () => Dashboard>> = {
  'pipeline-health.json': pipelineHealth,
  'launch-data.json': launchData,
  'next-launches.json': nextLaunches,
};

/** The JSON that Grafana reads. Adds ids to the panels, because the SDK does not. */
export function dashboardText(dashboard: Dashboard): string {
  const panels = dashboard.panels?.map((panel, index) => ({ ...panel, id: index + 1 }));
  return `${JSON.stringify({ ...dashboard, panels }, null, 2)}\n`;
}
