import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { stringify } from 'yaml';

import { dashboards, dashboardText } from '../../ops/dashboards/index.ts';
import {
  expressionsOf,
  metricsIn,
  OPS,
  readDashboard,
  readRules,
  readYaml,
  type Dashboard,
  type Panel,
} from '../support/ops.ts';
import { promtool, without } from '../support/prometheus.ts';

const NAMES = Object.keys(dashboards);
const RULES = ['recording.yml', 'alerts.yml'];
const ALERTS = readRules('alerts.yml');

void describe('the dashboards', () => {
  for (const [name, make] of Object.entries(dashboards)) {
    void it(`${name} is up to date (if not: npm run dashboards)`, () => {
      assert.equal(readFileSync(join(OPS, 'grafana', 'dashboards', name), 'utf8'), dashboardText(make()));
    });

    void it(`${name} has panels with unique ids, without overlaps, and with complete queries`, () => {
      const dashboard = readDashboard(name);
      const ids = dashboard.panels.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.every((id) => id > 0));
      assert.deepEqual(overlapping(dashboard.panels), []);
      const variables = new Set(dashboard.templating.list.map((variable) => variable.name));
      const used = JSON.stringify(dashboard).matchAll(/\$\{?(?!__)(\w+)/g);
      assert.deepEqual(
        [...used].map(([, variable = '']) => variable).filter((one) => !variables.has(one)),
        [],
      );
      for (const { description, targets, title, type } of dashboard.panels) {
        if (type === 'row') continue;
        assert.ok(title !== '' && description !== '');
        assert.ok(targets !== undefined && targets.length > 0, title);
        assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
        for (const { datasource, expr, rawSql } of targets) {
          assert.equal(expr === undefined, datasource.type !== 'prometheus', title);
          assert.equal(rawSql === undefined, datasource.type !== 'grafana-postgresql-datasource', title);
        }
      }
    });
  }

  void it('have unique ids', () => {
    const uids = NAMES.map((name) => readDashboard(name).uid);
    assert.equal(new Set(uids).size, uids.length);
  });

  void it('contain only expressions that promtool accepts', { skip: without('promtool') }, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'test-rules-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const expressions = NAMES.flatMap((name) => expressionsOf(readDashboard(name)));
    assert.ok(expressions.length > 30);
    // Each rule needs a unique name.
    const rules = expressions.map((expr, index) => ({ record: `panel:${index}`, expr }));
    const file = join(folder, 'panels.yml');
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
    assert.match(promtool(['check', 'rules', file]), new RegExp(`SUCCESS: ${rules.length} rules found`));
  });

  void it('use a metric in each expression, and only existing recording rules', () => {
    const recorded = readRules('recording.yml').map(({ record }) => record);
    const expressions = [
      ...NAMES.flatMap((name) => expressionsOf(readDashboard(name))),
      ...ALERTS.filter(({ alert }) => alert !== 'PipelineDown').map(({ expr }) => expr),
    ];
    for (const expression of expressions) {
      const metrics = metricsIn(expression);
      assert.ok(metrics.length > 0, expression);
      for (const metric of metrics.filter((one) => one.includes(':')))
        assert.ok(recorded.includes(metric), metric);
    }
  });
});

void describe('the rules', () => {
  void it('are accepted by promtool', { skip: without('promtool') }, () => {
    promtool(['check', 'rules', ...RULES], { cwd: join(OPS, 'prometheus', 'rules') });
    promtool(['check', 'config', '--syntax-only', 'prometheus.yml'], { cwd: join(OPS, 'prometheus') });
  });

  void it('pass their own tests', { skip: without('promtool') }, () => {
    promtool(['test', 'rules', 'alerts.test.yml'], { cwd: join(OPS, 'prometheus', 'tests') });
  });

  void it('have tests in which each alert fires, and tests in which it does not', () => {
    type Expected = { readonly alertname: string; readonly exp_alerts: readonly unknown[] };
    type Tests = { readonly tests: readonly { readonly alert_rule_test?: readonly Expected[] }[] };
    const { tests } = readYaml<Tests>('prometheus', 'tests', 'alerts.test.yml');
    const expected = tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
    for (const { alert } of ALERTS)
      for (const fires of [true, false])
        assert.ok(
          expected.some(
            ({ alertname, exp_alerts }) => alertname === alert && exp_alerts.length > 0 === fires,
          ),
          `${alert} ${fires ? 'fires' : 'is silent'}`,
        );
  });

  void it('link each alert to the runbook, and are listed in ops/README.md', () => {
    const overview = readFileSync(join(OPS, 'README.md'), 'utf8');
    for (const { alert = '', annotations } of ALERTS) {
      const anchor = `#alert-${alert.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase()}`;
      assert.equal(annotations?.['runbook_url'], `docs/operate.md${anchor}`);
      assert.ok(overview.includes(`\`${alert}\``) && overview.includes(anchor), alert);
    }
  });

  void it('have an Alertmanager configuration that amtool accepts', { skip: withoutAmtool() }, () => {
    const file = join(OPS, 'alertmanager', 'alertmanager.yml');
    const { status, stdout, stderr } = spawnSync('amtool', ['check-config', file], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  });
});

type Mounted = {
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly environment?: Readonly<Record<string, string>>;
};
type Compose = {
  readonly services: Readonly<Record<string, Mounted>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
};
const COMPOSE = readYaml<Compose>('..', 'compose.yaml');

void describe('the provisioning', () => {
  void it('gives Prometheus the token with which serve was started', () => {
    type Scraping = {
      readonly scrape_configs: readonly { readonly authorization: { readonly credentials_file: string } }[];
    };
    const { scrape_configs } = readYaml<Scraping>('prometheus', 'prometheus.yml');
    const [mounted] = COMPOSE.services['prometheus']?.configs ?? [];
    assert.equal(scrape_configs[0]?.authorization.credentials_file, mounted?.target);
    const token = COMPOSE.services['serve']?.environment?.['SPACEX_PIPELINE_TOKEN'];
    assert.equal(COMPOSE.configs[mounted?.source ?? '']?.content, token);
  });

  void it('reads dashboards from the folder that compose.yaml mounts, and has the data sources that they need', () => {
    type Providers = { readonly providers: readonly { readonly options: { readonly path: string } }[] };
    const { providers } = readYaml<Providers>('grafana', 'provisioning', 'dashboards', 'dashboards.yml');
    const mounts = COMPOSE.services['grafana']?.volumes ?? [];
    for (const { options } of providers)
      assert.ok(mounts.includes(`./ops/grafana/dashboards:${options.path}:ro`), options.path);
    type Sources = { readonly datasources: readonly { readonly type: string }[] };
    const { datasources } = readYaml<Sources>('grafana', 'provisioning', 'datasources', 'datasources.yml');
    const types = datasources.map(({ type }) => type);
    const wanted = NAMES.flatMap((name) => wantedBy(readDashboard(name)));
    assert.deepEqual(
      wanted.filter((type) => !types.includes(type)),
      [],
    );
  });
});

function wantedBy({ templating }: Dashboard): readonly string[] {
  return templating.list.flatMap(({ query, type }) => (type === 'datasource' ? [String(query)] : []));
}

function overlapping(panels: readonly Panel[]): readonly string[] {
  const isApart = ({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean =>
    a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
  return panels.flatMap((one, index) =>
    panels
      .slice(index + 1)
      .flatMap((other) => (isApart(one, other) ? [] : [`${one.title} | ${other.title}`])),
  );
}

function withoutAmtool(): string | false {
  return spawnSync('amtool', ['--version']).status === 0 ? false : 'amtool is not installed';
}
