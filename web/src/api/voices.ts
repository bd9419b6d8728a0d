/** `/v1/voices`: the voices that can be chosen. */
import { Answer } from './answer.ts';
import type { Api } from './client.ts';

export interface Voice {
  readonly name: string;
  /** Two-letter code of what it speaks. */
  readonly language: string;
  /** Whether it is loaded; one that is not is loaded when it is asked for. */
  readonly isReady: boolean;
}

export async function listVoices(api: Api, signal?: AbortSignal): Promise<readonly Voice[]> {
  const answer = new Answer(await api.json('v1/voices', signal && { signal }));
  return answer.objects('data').map((voice) => ({
    name: voice.text('name'),
    language: voice.text('language'),
    isReady: voice.flag('is_ready'),
  }));
}
