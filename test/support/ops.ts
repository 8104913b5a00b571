import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { REPOSITORY } from './cli.ts';

export const OPS = join(REPOSITORY, 'ops');

/** The part of a dashboard's JSON that the tests read. */
export type Dashboard = {
  readonly title: string;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
};

export type Variable = { readonly name: string; readonly type: string; readonly query?: unknown };

export type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
};

export type Target = {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly expr?: string;
  readonly rawSql?: string;
};

export type Rule = {
  readonly expr: string;
  readonly alert?: string;
  readonly record?: string;
  readonly annotations?: Readonly<Record<string, string>>;
};

export function readDashboard(name: string): Dashboard {
  return JSON.parse(readFileSync(join(OPS, 'grafana', 'dashboards', name), 'utf8'));
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what document it expects
export function readYaml<T>(...path: readonly string[]): T {
  return parse(readFileSync(join(OPS, ...path), 'utf8'));
}

export function readRules(name: string): readonly Rule[] {
  type File = { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
  return readYaml<File>('prometheus', 'rules', name).groups.flatMap(({ rules }) => rules);
}

/** A dashboard's expressions, with values for the variables that Grafana would replace. */
export function expressionsOf({ panels }: Dashboard): readonly string[] {
  return panels
    .flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => expr ?? []))
    .map((expression) =>
      expression
        .replaceAll('$__rate_interval', '2m')
        .replaceAll('$__range', '7d')
        .replaceAll('$source', '.*'),
    );
}

/** The metrics that an expression uses, including metrics from recording rules. */
export function metricsIn(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\b(?:by|on|without|ignoring|group_left|group_right) *\([^)]*\)/g, '');
  return bare.match(/(?:spacex_pipeline|process|nodejs|\w+:)[\w:]+/g) ?? [];
}
