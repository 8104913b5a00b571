import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { _, Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';

import { validationOptions } from '../src/core/validation.ts';
import type { Schema } from '../src/core/schema.ts';
import { resources } from '../src/sources/index.ts';

/**
 * Replaces src/core/load-validation.ts with the code that Ajv generates for each contract, one chunk per contract. A
 * contract without a chunk is an error, because the built program cannot compile contracts.
 */
export function precompiledChecks(root: string): Plugin {
  const check = JSON.stringify(join(root, 'src/core/validation.ts'));
  const formats = JSON.stringify(join(root, 'src/core/formats.ts'));
  const modules = new Map<string, string>();
  // The key is the contract, because resources of two sources may have the same name.
  const contracts = new Map(resources.map(({ contract }) => [keyOf(contract), contract]));
  for (const [key, contract] of contracts) {
    for (const allErrors of [false, true]) {
      modules.set(
        `check:${key}/${allErrors}`,
        `import { FORMATS } from ${formats};\n${compiled(contract, allErrors)}`,
      );
    }
    modules.set(
      `check:${key}`,
      `import { createValidation } from ${check};
       import isValid from 'check:${key}/false';
       import thorough from 'check:${key}/true';
       export default createValidation(isValid, () => thorough);`,
    );
  }
  const chunks = [...contracts.keys()].map((key) => `[${JSON.stringify(key)}, () => import('check:${key}')]`);
  modules.set(
    'check:',
    `import { createHash } from 'node:crypto';
     const MADE = new Map([${chunks.join(', ')}]);
     ${keyOf.toString()}
     export async function loadValidation(contract) {
       const load = MADE.get(keyOf(contract));
       if (load === undefined) throw new Error('this contract was not compiled when the package was built');
       return (await load()).default;
     }`,
  );
  const load = (path: string) => ({
    contents: modules.get(path) ?? '',
    resolveDir: root,
    loader: 'js' as const,
  });
  return {
    name: 'precompiled checks',
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/]core[\\/]load-validation\.ts$/ }, () => load('check:'));
      build.onResolve({ filter: /^check:/ }, ({ path }) => ({ path, namespace: 'check' }));
      build.onLoad({ filter: /^/, namespace: 'check' }, ({ path }) => load(path));
    },
  };
}

/** Source code of an ES module that expects FORMATS to be in scope. */
function compiled(contract: Schema, allErrors: boolean): string {
  const code = { source: true, esm: true, formats: _`FORMATS` };
  const ajv = new Ajv({ ...validationOptions(allErrors), code });
  const imports: string[] = [];
  const body = standalone
    .default(ajv, ajv.compile(contract))
    .replaceAll(/\brequire\("(ajv\/[^"]+)"\)/g, (_all, path: string) => {
      imports.push(`import * as required${imports.length} from "${path}.js";`);
      return `required${imports.length - 1}.default`;
    });
  return [...imports, body].join('\n');
}

function keyOf(contract: object): string {
  return createHash('sha256').update(JSON.stringify(contract)).digest('hex');
}
