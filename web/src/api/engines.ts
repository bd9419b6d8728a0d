/** `/v1/engines`: the reply engines there are, which one answers, and changing it. */
import { Answer } from './answer.ts';
import type { Api } from './client.ts';

export interface ReplyEngine {
  readonly name: string;
  readonly description: string;
  readonly model: string;
  readonly hasMemory: boolean;
  readonly hasTools: boolean;
  readonly isCurrent: boolean;
  /** Why it cannot be had, and what to do; empty when it can. */
  readonly problem: string;
}

export async function listEngines(api: Api, signal?: AbortSignal): Promise<readonly ReplyEngine[]> {
  const answer = new Answer(await api.json('v1/engines', signal && { signal }));
  return answer.objects('data').map((engine) => ({
    name: engine.text('name'),
    description: engine.text('description'),
    model: engine.text('model'),
    hasMemory: engine.flag('has_memory'),
    hasTools: engine.flag('has_tools'),
    isCurrent: engine.flag('is_current'),
    problem: engine.text('problem'),
  }));
}

/** Whom an engine is to answer: everybody, or those of the user's own conversations that are under way. */
export type EngineScope = 'server' | 'own';

/**
 * Has an engine answer from the next turn on.
 *
 * @returns how many conversations changed, null for everybody's.
 * @throws ApiError
 */
export async function switchEngine(api: Api, engine: string, scope: EngineScope): Promise<number | null> {
  if (scope === 'server') {
    await api.json('v1/engines/switch', { method: 'POST', body: { engine, scope } });
    return null;
  }
  const sessions = new Answer(await api.json('v1/sessions')).objects('data').map((each) => each.text('id'));
  for (const id of sessions) {
    await api.json('v1/engines/switch', { method: 'POST', body: { engine, scope: `session:${id}` } });
  }
  return sessions.length;
}
