import { apiPath } from './copies.ts';

/** The parts of a playback URL. */
export type Visit = {
  readonly timestamp: string;
  /** The captured URL, as written in the playback URL. */
  readonly original: string;
  readonly resource: string;
  /** Whether the path is the one at which the API serves the collection. */
  readonly exactPath: boolean;
};

const ORIGINAL =
  /^(?:https?:\/{1,2})?api\.spacexdata\.com(?::\d+)?\/(?<version>v\d)\/(?<name>[a-z]+)\/?(?:[?#].*)?$/;

/** Returns null if the URL is not one of the API's collections. */
export function readVisit(timestamp: string, original: string): Visit | null {
  const { version, name } = ORIGINAL.exec(original)?.groups ?? {};
  if (name === undefined) return null;
  return { timestamp, original, resource: name, exactPath: `/${version}/${name}` === apiPath(name) };
}

/** The URL in the form of its captures, without the parts that the archive ignores. */
export function canonical(original: string): string {
  const [, scheme = 'https', rest = ''] = /^(?:(https?):\/+)?(.*?)\/?(?:[?#].*)?$/.exec(original) ?? [];
  return `${scheme}://${rest}`;
}
