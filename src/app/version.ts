import packageJson from '../../package.json' with { type: 'json' };

export const VERSION: string = packageJson.version;

const homepage: unknown = Reflect.get(packageJson, 'homepage');

/** Includes the address of the project, if there is one, for the operators of the services it calls. */
export const USER_AGENT = `spacex-pipeline/${VERSION}${typeof homepage === 'string' ? ` (+${homepage})` : ''}`;
