/**
 * An output of its own for one sound that is played beside the conversation.
 *
 * Owns that output for as long as it sounds, so that the running conversation's queue, its positions and its reports know
 * nothing of it. Refuses to know what is played, and when it has to end.
 */
import { routeTo } from './devices.ts';

/** Sound, -1 to 1, in one channel. */
export interface SideSamples {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly sampleRateHz: number;
}

/** Samples, or a file of a kind that browsers play. */
export type SideSource = SideSamples | Blob;

export interface SideOutput {
  /** Returns when it was played to its end, or closed. */
  play(sound: SideSource): Promise<void>;
  close(): void;
}

/**
 * Call it within the user's click: else the browser may keep the sound off.
 *
 * @param speaker - identity of the loudspeaker; empty for the system's default.
 */
export type OpenSideOutput = (speaker: string) => SideOutput;

export const openSideOutput: OpenSideOutput = (speaker) => {
  const context = new AudioContext({ latencyHint: 'playback' });
  const end = new AbortController();
  void context.resume();
  const routed = routeTo(context, speaker);
  return {
    play: async (sound) => {
      await routed;
      const buffer = await bufferOf(context, sound);
      if (!end.signal.aborted && buffer.length > 0) await playOnce(context, buffer, end.signal);
    },
    close: () => {
      if (end.signal.aborted) return;
      end.abort();
      void context.close();
    },
  };
};

async function bufferOf(context: AudioContext, sound: SideSource): Promise<AudioBuffer> {
  if (sound instanceof Blob) return context.decodeAudioData(await sound.arrayBuffer());
  const buffer = context.createBuffer(1, Math.max(1, sound.samples.length), sound.sampleRateHz);
  buffer.copyToChannel(sound.samples, 0);
  return buffer;
}

/** Returns at its end, or as soon as the signal says so. */
function playOnce(context: AudioContext, buffer: AudioBuffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    const over = (): void => {
      resolve();
    };
    source.addEventListener('ended', over, { once: true });
    signal.addEventListener('abort', over, { once: true });
    source.start();
  });
}
