/**
 * Plays a reply once more, beside whatever else goes on.
 *
 * Owns an output of its own for as long as it sounds, so that the running conversation's queue, its positions and its
 * reports know nothing of it.
 */
import { routeTo } from './devices.ts';
import { pcmToFloat } from './pcm.ts';

/** A piece of a reply's sound, 24 kHz mono PCM16. */
export interface ReplayPiece {
  readonly firstSample: number;
  readonly pcm: Int16Array<ArrayBuffer>;
}

export interface ReplayOptions {
  /** Identity of the loudspeaker; empty for the system's default. */
  readonly speaker: string;
  /** Called once when it was played to its end; never after it was stopped. */
  readonly onEnded: () => void;
}

/** Ends it at once; nothing happens when it is over. */
export type StopReplay = () => void;

/** Call it within the user's click: else the browser may keep the sound off. */
export type OpenReplay = (pieces: readonly ReplayPiece[], options: ReplayOptions) => Promise<StopReplay>;

const RATE_HZ = 24_000;

export const openReplay: OpenReplay = async (pieces, { speaker, onEnded }) => {
  const context = new AudioContext({ latencyHint: 'playback' });
  const end = new AbortController();
  const stop = (): void => {
    if (end.signal.aborted) return;
    end.abort();
    void context.close();
  };
  try {
    void context.resume();
    await routeTo(context, speaker);
    const source = context.createBufferSource();
    source.buffer = join(context, pieces);
    source.connect(context.destination);
    source.addEventListener(
      'ended',
      () => {
        stop();
        onEnded();
      },
      { signal: end.signal },
    );
    source.start();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
};

function join(context: AudioContext, pieces: readonly ReplayPiece[]): AudioBuffer {
  const length = pieces.reduce((end, { firstSample, pcm }) => Math.max(end, firstSample + pcm.length), 1);
  const buffer = context.createBuffer(1, length, RATE_HZ);
  const samples = buffer.getChannelData(0);
  for (const { firstSample, pcm } of pieces) {
    pcm.forEach((sample, index) => {
      samples[firstSample + index] = pcmToFloat(sample);
    });
  }
  return buffer;
}
