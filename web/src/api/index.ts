/** The server's REST interface, one file a resource. Knows neither React nor the state. */
export { Api, ApiError } from './client.ts';
export { changePreferences, deletePreferences, readPreferences } from './preferences.ts';
export type { KeptChoice, KeptPreferences } from './preferences.ts';
export { putRating } from './ratings.ts';
export type { Rating } from './ratings.ts';
