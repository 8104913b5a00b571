import type { Random } from '../random.ts';

/** The beginnings of JSON strings. */
const PATCH_SMALL = '"https://images.example.org/simulated/patches/small/';
const PATCH_LARGE = '"https://images.example.org/simulated/patches/large/';
const CAMPAIGN = '"https://forum.example.org/simulated/campaign_thread/';
const DISCUSSION = '"https://forum.example.org/simulated/launch_discussion_and_updates/';
const MEDIA = '"https://forum.example.org/simulated/media_thread/';
const RECOVERY = '"https://forum.example.org/simulated/recovery_thread/';
const PHOTO = '"https://images.example.org/simulated/photos/';
const PRESSKIT = '"https://example.org/simulated/presskits/';
const WEBCAST = '"https://video.example.org/simulated/watch?v=';
const ARTICLE = '"http://news.example.org/simulated/articles/';
const WIKI = '"https://wiki.example.org/simulated/wiki/';

/** For a launch that has not flown yet. */
export const NO_LINKS =
  '{"patch":{"small":null,"large":null},"reddit":{"campaign":null,"launch":null,"media":null,"recovery":null},' +
  '"flickr":{"small":[],"original":[]},"presskit":null,"webcast":null,"youtube_id":null,"article":null,"wikipedia":null}';

export function linksJson(id: string, random: Random): string {
  const tail = `${id}"`;
  const video = random(12) === 0 ? null : id.slice(13);
  let photos = '';
  for (let left = random(6); left > 0; left -= 1) photos += `${PHOTO}${left}-${tail}${left > 1 ? ',' : ''}`;
  return (
    `{"patch":{"small":${page(PATCH_SMALL, tail, random)},"large":${page(PATCH_LARGE, tail, random)}},` +
    `"reddit":{"campaign":${page(CAMPAIGN, tail, random)},"launch":${page(DISCUSSION, tail, random)},` +
    `"media":${page(MEDIA, tail, random)},"recovery":${page(RECOVERY, tail, random)}},` +
    `"flickr":{"small":[],"original":[${photos}]},"presskit":${page(PRESSKIT, tail, random)},` +
    `"webcast":${video === null ? 'null' : `${WEBCAST}${video}"`},` +
    `"youtube_id":${video === null ? 'null' : `"${video}"`},` +
    `"article":${page(ARTICLE, tail, random)},"wikipedia":${page(WIKI, tail, random)}}`
  );
}

function page(url: string, tail: string, random: Random): string {
  return random(3) === 0 ? 'null' : url + tail;
}
