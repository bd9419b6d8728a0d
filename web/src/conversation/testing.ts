/** A conversation with a scripted server and fake devices, for tests with fake timers. */
import { vi } from 'vitest';

import { FakeAudio } from '../audio/index.ts';
import { ScriptedServer } from '../connection/index.ts';
import { createConversationStore } from '../state/index.ts';
import type { ConversationStore } from '../state/index.ts';
import { Conversation } from './conversation.ts';

const BACKOFF = { firstMs: 100, factor: 2, maxMs: 400, jitter: 0, tries: 3 };

export interface SetUp {
  readonly server: ScriptedServer;
  readonly audio: FakeAudio;
  readonly store: ConversationStore;
  readonly conversation: Conversation;
  /** What the address of each connection said. */
  readonly queries: readonly Readonly<Record<string, string>>[];
}

export function setUp(): SetUp {
  const server = new ScriptedServer();
  const audio = new FakeAudio();
  const store = createConversationStore();
  const queries: Readonly<Record<string, string>>[] = [];
  const conversation = new Conversation({
    store,
    openTransport: (listener, query) => {
      queries.push(query);
      return server.connect(listener, query.conversation ?? null);
    },
    openAudio: audio.connect,
    backoff: BACKOFF,
  });
  return { server, audio, store, conversation, queries };
}

export async function started(microphone = true): Promise<SetUp> {
  const all = setUp();
  await all.conversation.start({ microphone });
  await settle();
  return all;
}

export const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

/** A reply of one clause; its audio is twice 12,000 samples, half a second each. */
export function reply(server: ScriptedServer, n = 1): void {
  const ids = { response_id: `r${n}`, item_id: `a${n}` };
  server.say(
    { type: 'response.created', response: { id: ids.response_id, status: 'in_progress', error: null } },
    { type: 'vivavoce.turn.state', state: 'speaking', reason: '' },
    { type: 'vivavoce.audio.stream', ...ids, response_number: n, content_index: 0, sample_rate_hz: 24000 },
    { type: 'vivavoce.output.segment', ...ids, first_sample: 0, samples: 24000, text: 'One two three four' },
  );
  frames(server, n, [0, 12_000]);
}

export function frames(server: ScriptedServer, responseNumber: number, starts: readonly number[]): void {
  starts.forEach((firstSample, sequence) => {
    server.sound({ responseNumber, sequence, firstSample, pcm: new Int16Array(12_000) });
  });
}

export function replyDone(server: ScriptedServer, n = 1): void {
  server.say(
    { type: 'response.output_audio.done', response_id: `r${n}`, item_id: `a${n}` },
    { type: 'response.done', response: { id: `r${n}`, status: 'completed', error: null } },
  );
}
