import { apiPath } from './copies.ts';

/** What a playback URL requests. */
export type Visit = {
  readonly timestamp: string;
  /** As written in the URL. */
  readonly original: string;
  readonly resource: string;
  /** Is it the path where the API serves the collection? */
  readonly exactPath: boolean;
};

const ORIGINAL =
  /^(?:https?:\/{1,2})?api\.spacexdata\.com(?::\d+)?\/(?<version>v\d)\/(?<name>[a-z]+)\/?(?:[?#].*)?$/;

/** Null if the URL is not a collection of the API. */
export function readVisit(timestamp: string, original: string): Visit | null {
  const { version, name } = ORIGINAL.exec(original)?.groups ?? {};
  if (name === undefined) return null;
  return { timestamp, original, resource: name, exactPath: `/${version}/${name}` === apiPath(name) };
}

/** As captured: without the parts that the archive ignores. */
export function canonical(original: string): string {
  const [, scheme = 'https', rest = ''] = /^(?:(https?):\/+)?(.*?)\/?(?:[?#].*)?$/.exec(original) ?? [];
  return `${scheme}://${rest}`;
}
