import type { NewResource } from '../app/new-resource.ts';
import { array, object, string, type Schema } from '../core/schema.ts';
import { count, text } from './output-parts.ts';

export const newResource: Schema<NewResource> = object({
  resource: text('its name'),
  source: text('its name'),
  samples: count('records that it was drafted from'),
  tables: array(string(), { description: 'the main one first' }),
  wrote: array(string(), { description: 'files, from the root of the project' }),
  changed: array(string(), { description: 'files, from the root of the project' }),
  review: array(string(), { description: 'what a person has to look at' }),
  next: array(string(), { description: 'commands to type in the root of the project' }),
});
