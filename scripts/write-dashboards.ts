import { writeFile } from 'node:fs/promises';

import { dashboards, dashboardText } from '../ops/dashboards/index.ts';

for (const [name, make] of Object.entries(dashboards)) {
  await writeFile(new URL(`../ops/grafana/dashboards/${name}`, import.meta.url), dashboardText(make()));
}
