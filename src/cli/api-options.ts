/** Options that every command has which talks to an API. */
import type { Options } from './options';

export const API_OPTIONS = {
  address: {
    type: 'string',
    value: 'url',
    help: 'Where the API is; else THROUGHLINE_API_URL, else the copy that runs here.',
  },
  key: {
    type: 'string',
    value: 'key',
    help: 'The API key; else THROUGHLINE_API_KEY, else that of the copy that runs here.',
  },
} as const satisfies Options;

export const JSON_OPTION = {
  json: { type: 'boolean', help: 'Print one JSON document.' },
} as const satisfies Options;
