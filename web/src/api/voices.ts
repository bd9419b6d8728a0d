/** `/v1/voices`: the voices that can be chosen, and how a person calls one. */
import { Answer } from './answer.ts';
import type { Api } from './client.ts';

export interface Voice {
  readonly name: string;
  /** Two-letter code of what it speaks. */
  readonly language: string;
  /** Whether it is loaded; one that is not is loaded when it is asked for. */
  readonly isReady: boolean;
}

/** Kokoro writes the language and whose kind of voice it is before the name, as in `am_michael`. */
const NAME = /^(?:[a-z][fm]_)?([a-z]+)$/;

/** What a voice is called on the page: "Michael"; a name that is no plain word stays as it is. */
export function voiceTitle(name: string): string {
  const word = NAME.exec(name)?.[1];
  return word === undefined ? name : word.charAt(0).toUpperCase() + word.slice(1);
}

export async function listVoices(api: Api, signal?: AbortSignal): Promise<readonly Voice[]> {
  const answer = new Answer(await api.json('v1/voices', signal && { signal }));
  return answer.objects('data').map((voice) => ({
    name: voice.text('name'),
    language: voice.text('language'),
    isReady: voice.flag('is_ready'),
  }));
}
