/** The server's REST interface, one file a resource. Knows neither React nor the state. */
export { Api, ApiError } from './client.ts';
export { listEngines, switchEngine } from './engines.ts';
export type { EngineScope, ReplyEngine } from './engines.ts';
export { deletePersona, listPersonaProblems, listPersonas, readPersona, savePersona } from './personas.ts';
export type { Localised, PersonaCard, PersonaDetail, PersonaProblem, WrittenPersona } from './personas.ts';
export { changePreferences, readPreferences } from './preferences.ts';
export type { KeptChoice, KeptPreferences } from './preferences.ts';
export { mayBeThereSoon, putRating } from './ratings.ts';
export type { Rating } from './ratings.ts';
export { isServerThere } from './presence.ts';
export { listProviders, readHealth } from './providers.ts';
export type { ProviderHealth, ProviderJob, ProviderState, ServerHealth } from './providers.ts';
export { speak } from './speech.ts';
export type { Speech, SpeechWish } from './speech.ts';
export { listVoices, voiceTitle } from './voices.ts';
export type { Voice } from './voices.ts';
