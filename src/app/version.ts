import packageJson from '../../package.json' with { type: 'json' };

export const VERSION: string = packageJson.version;

const homepage: unknown = Reflect.get(packageJson, 'homepage');

/** With the address of the project, where there is one: the operator of a service may want to know. */
export const USER_AGENT = `spacex-pipeline/${VERSION}${typeof homepage === 'string' ? ` (+${homepage})` : ''}`;
