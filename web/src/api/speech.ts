/** `/api/speak`: a text, spoken. */
import { ApiError } from './client.ts';
import type { Api } from './client.ts';

/** What is to be spoken, and how; an empty voice lets the text's language choose. */
export interface SpeechWish {
  readonly text: string;
  readonly voice: string;
  readonly speed: number;
}

/** Sound, -1 to 1, in one channel. */
export interface Speech {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly sampleRateHz: number;
}

/** A voice may have to be loaded first. */
export const SPEECH_DEADLINE_MS = 60_000;

const HEADER_BYTES = 44;
const RATE_AT = 24;
const FULL_SCALE = 32_768;

/** @throws ApiError */
export async function speak(api: Api, wish: SpeechWish, signal?: AbortSignal): Promise<Speech> {
  const answer = await api.fetch('api/speak', {
    method: 'POST',
    body: wish,
    deadlineMs: SPEECH_DEADLINE_MS,
    ...(signal && { signal }),
  });
  try {
    return parseWav(await answer.arrayBuffer());
  } catch (error) {
    signal?.throwIfAborted();
    // It broke off in the middle: the voice failed, or the way to it.
    throw error instanceof ApiError ? error : new ApiError('unreachable', String(error), 0);
  }
}

/**
 * Reads the WAV that the server streams: 16 bits, one channel, and a header that does not know how long it will be.
 *
 * @throws ApiError
 */
export function parseWav(bytes: ArrayBuffer): Speech {
  const view = new DataView(bytes);
  const isWav = bytes.byteLength >= HEADER_BYTES && view.getUint32(0) === 0x52494646;
  if (!isWav) throw new ApiError('unexpected_answer', 'The answer is no WAV file.', 200);
  const samples = new Float32Array(Math.floor((bytes.byteLength - HEADER_BYTES) / 2));
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = view.getInt16(HEADER_BYTES + 2 * index, true) / FULL_SCALE;
  }
  return { samples, sampleRateHz: view.getUint32(RATE_AT, true) };
}
