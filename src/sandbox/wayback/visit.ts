import { apiPath } from './copies.ts';

/** What a playback URL asks for. */
export type Visit = {
  readonly timestamp: string;
  /** As it stands in the URL. */
  readonly original: string;
  readonly resource: string;
  /** Is it the path at which the API serves the collection? */
  readonly exactPath: boolean;
};

const ORIGINAL =
  /^(?:https?:\/{1,2})?api\.spacexdata\.com(?::\d+)?\/(?<version>v\d)\/(?<name>[a-z]+)\/?(?:[?#].*)?$/;

/** Null where the URL is no collection of the API. */
export function readVisit(timestamp: string, original: string): Visit | null {
  const { version, name } = ORIGINAL.exec(original)?.groups ?? {};
  if (name === undefined) return null;
  return { timestamp, original, resource: name, exactPath: `/${version}/${name}` === apiPath(name) };
}

/** As captured: without what the archive does not tell apart. */
export function canonical(original: string): string {
  const [, scheme = 'https', rest = ''] = /^(?:(https?):\/+)?(.*?)\/?(?:[?#].*)?$/.exec(original) ?? [];
  return `${scheme}://${rest}`;
}
