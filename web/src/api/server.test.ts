import { afterEach, expect, it, vi } from 'vitest';

import { listEngines, switchEngine } from './engines.ts';
import { listProviders, readHealth } from './providers.ts';
import { parseWav, speak } from './speech.ts';
import { FakeRest } from './testing.ts';
import { listVoices } from './voices.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A WAV as the server streams it: its header claims to go on for ever. */
function endlessWav(samples: readonly number[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  view.setUint32(0, 0x52494646);
  view.setUint32(24, 24_000, true);
  view.setUint32(40, 0xffffffff, true);
  samples.forEach((sample, index) => {
    view.setInt16(44 + 2 * index, sample, true);
  });
  return view.buffer;
}

it('should read speech to its end, whatever its header says', () => {
  const { samples, sampleRateHz } = parseWav(endlessWav([0, 16_384, -32_768]));
  expect([...samples]).toEqual([0, 0.5, -1]);
  expect(sampleRateHz).toBe(24_000);
});

it('should have a text spoken by the voice that was chosen', async () => {
  const rest = new FakeRest(() => new Response(endlessWav([1, 2])));
  const wish = { text: 'Hello', voice: 'heart', speed: 1.2 };
  expect((await speak(rest.api, wish)).samples).toHaveLength(2);
  expect(rest.asked).toEqual([{ method: 'POST', path: '/api/speak', body: wish }]);
});

it('should refuse what is no speech', async () => {
  const rest = new FakeRest(() => new Response('<html>'));
  await expect(speak(rest.api, { text: 'a', voice: '', speed: 1 })).rejects.toMatchObject({
    code: 'unexpected_answer',
  });
});

it('should list voices, engines and providers', async () => {
  const rest = new FakeRest(({ path }) => {
    if (path === '/v1/voices') return { data: [{ name: 'heart', language: 'en', is_ready: true }] };
    if (path === '/v1/engines') {
      const engine = { name: 'chat', description: '', model: 'm', is_current: true, problem: '' };
      return { data: [engine] };
    }
    const provider = { job: 'tts', name: 'hibari', model: '', address: '', state: 'ready', detail: '' };
    const error = { code: 'x', message: 'It broke.', remedy: 'Mend it.' };
    return { data: [{ ...provider, languages: ['en'], answers: 3, failures: 1, last_error: error }] };
  });
  expect(await listVoices(rest.api)).toEqual([{ name: 'heart', language: 'en', isReady: true }]);
  expect(await listEngines(rest.api)).toMatchObject([{ name: 'chat', isCurrent: true, hasTools: false }]);
  expect(await listProviders(rest.api)).toMatchObject([
    {
      name: 'hibari',
      state: 'ready',
      lastLatencyMs: null,
      lastError: { message: 'It broke.', remedy: 'Mend it.' },
    },
  ]);
});

it("should change everybody's engine, or that of the user's own conversations", async () => {
  const rest = new FakeRest(({ path }) =>
    path === '/v1/sessions' ? { data: [{ id: 's1' }, { id: 's2' }] } : {},
  );
  expect(await switchEngine(rest.api, 'other', 'server')).toBeNull();
  expect(await switchEngine(rest.api, 'other', 'own')).toBe(2);
  expect(rest.of('POST').map(({ body }) => body)).toEqual([
    { engine: 'other', scope: 'server' },
    { engine: 'other', scope: 'session:s1' },
    { engine: 'other', scope: 'session:s2' },
  ]);
});

it('should say how the server is', async () => {
  const rest = new FakeRest(() => ({ status: 'ok', version: '0.1', uptime_seconds: 5 }));
  expect(await readHealth(rest.api)).toEqual({ status: 'ok', version: '0.1', uptimeSeconds: 5 });
});
