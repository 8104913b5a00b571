import packageJson from '../../package.json' with { type: 'json' };

export const VERSION: string = packageJson.version;

const homepage: unknown = Reflect.get(packageJson, 'homepage');

/** Includes the URL of the project, if it has one, for the operators of the services that it calls. */
export const USER_AGENT = `spacex-pipeline/${VERSION}${typeof homepage === 'string' ? ` (+${homepage})` : ''}`;
