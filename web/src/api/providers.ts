/** `/v1/providers`: who hears, answers and speaks, and how each is; and what `/health` says of the server. */
import { Answer } from './answer.ts';
import type { Api } from './client.ts';

export type ProviderJob = 'stt' | 'llm' | 'tts';
export type ProviderState = 'ready' | 'loading' | 'missing' | 'standby' | 'down' | 'trying';

export interface ProviderHealth {
  readonly job: ProviderJob;
  readonly name: string;
  readonly model: string;
  readonly address: string;
  readonly state: ProviderState;
  readonly detail: string;
  readonly languages: readonly string[];
  readonly answers: number;
  readonly failures: number;
  /** Whether it was the last of its job to answer. */
  readonly answeredLast: boolean;
  readonly lastAnswerSecondsAgo: number | null;
  readonly lastLatencyMs: number | null;
  /** What went wrong last, in plain words, with what to do. */
  readonly lastError: { readonly message: string; readonly remedy: string } | null;
}

export interface ServerHealth {
  readonly status: 'ok' | 'degraded' | 'starting';
  readonly version: string;
  readonly uptimeSeconds: number;
}

/** Returns them by job, in the order in which they are asked. */
export async function listProviders(api: Api, signal?: AbortSignal): Promise<readonly ProviderHealth[]> {
  const answer = new Answer(await api.json('v1/providers', signal && { signal }));
  return answer.objects('data').map(readProvider);
}

export async function readHealth(api: Api, signal?: AbortSignal): Promise<ServerHealth> {
  const answer = new Answer(await api.json('health', signal && { signal }));
  return {
    status: answer.oneOf('status', ['ok', 'degraded', 'starting']),
    version: answer.text('version'),
    uptimeSeconds: answer.number('uptime_seconds'),
  };
}

function readProvider(answer: Answer): ProviderHealth {
  const error = answer.objectOrNull('last_error');
  return {
    job: answer.oneOf('job', ['stt', 'llm', 'tts']),
    name: answer.text('name'),
    model: answer.text('model'),
    address: answer.text('address'),
    state: answer.oneOf('state', ['ready', 'loading', 'missing', 'standby', 'down', 'trying']),
    detail: answer.text('detail'),
    languages: answer.words('languages'),
    answers: answer.number('answers'),
    failures: answer.number('failures'),
    answeredLast: answer.flag('answered_last'),
    lastAnswerSecondsAgo: answer.numberOrNull('last_answer_seconds_ago'),
    lastLatencyMs: answer.numberOrNull('last_latency_ms'),
    lastError: error && { message: error.text('message'), remedy: error.text('remedy') },
  };
}
