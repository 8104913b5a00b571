import type { Resource } from '../core/resource.ts';
import { buildDag } from '../engine/dag.ts';
import { example, type Register } from './command.ts';
import { openContext } from './context.ts';
import { resourcesOption } from './options.ts';
import { printJson, printLine } from './print.ts';

const LAST = 'publish';

export const register: Register = (program, streams) => {
  resourcesOption(
    program.command('dag'),
    'only these resources and the ones they need, separated by commas (default: all)',
  )
    .description('show what a run does, and in what order')
    .option('--mermaid', 'print a Mermaid flowchart')
    .addHelpText('after', example('dag', 'dag --mermaid'))
    .action(async (options: { resources?: readonly string[]; mermaid?: boolean }, command) => {
      const context = await openContext(streams, command, { ofSource: { resources: options.resources } });
      const { settings, source } = context.loaded.config;
      const dag = buildDag(source.resources, settings.resources);
      const nodes = dag.resources.map(({ name, needs }) => ({ name, needs: Object.keys(needs) }));
      nodes.push({ name: LAST, needs: dag.resources.map(({ name }) => name) });
      if (context.json) printJson(context, nodes);
      else if (options.mermaid === true) for (const line of mermaid(nodes)) printLine(context, line);
      else for (const line of waves(dag.resources)) printLine(context, line);
    });
};

type Node = { readonly name: string; readonly needs: readonly string[] };

function mermaid(nodes: readonly Node[]): string[] {
  const edges = nodes.flatMap(({ name, needs }) => needs.map((need) => `  ${need} --> ${name}`));
  return ['flowchart LR', ...nodes.map(({ name }) => `  ${name}`), ...edges];
}

/**
 * The waves of resources that can run in parallel. A resource is in the first wave that comes after all the resources
 * it needs.
 */
function waves(planned: readonly Resource[]): string[] {
  const waveOf = new Map<string, number>();
  const lines: string[][] = [];
  for (const { name, needs } of planned) {
    const wave = Math.max(-1, ...Object.keys(needs).map((need) => waveOf.get(need) ?? -1)) + 1;
    waveOf.set(name, wave);
    const list = Object.keys(needs).join(', ');
    (lines[wave] ??= []).push(list === '' ? name : `${name} (needs ${list})`);
  }
  return [
    ...lines.map((names, index) => `${index + 1}. ${names.join(', ')}`),
    `${lines.length + 1}. ${LAST}`,
  ];
}
