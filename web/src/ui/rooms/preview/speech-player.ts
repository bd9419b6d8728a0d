/**
 * Lets a short speech be heard, one at a time.
 *
 * Owns the one audio context and what sounds in it. Refuses to know where speech comes from.
 */

export interface PlayableSpeech {
  readonly samples: Float32Array<ArrayBuffer>;
  readonly sampleRateHz: number;
}

interface SpeechPlayerOptions {
  /** Identity of the loudspeaker to use; empty for the system's own. Read at each play. */
  readonly speaker: () => string;
}

/** Older browsers know no other loudspeaker than the system's. */
interface WithSink {
  setSinkId?: (id: string) => Promise<void>;
}

export class SpeechPlayer {
  readonly #speaker: () => string;
  #context: AudioContext | null = null;
  #source: AudioBufferSourceNode | null = null;

  constructor({ speaker }: SpeechPlayerOptions) {
    this.#speaker = speaker;
  }

  /** Readies the loudspeaker; call it within the user's click, before what takes time. */
  async open(): Promise<void> {
    this.#context ??= new AudioContext();
    const context: AudioContext & WithSink = this.#context;
    // Where the chosen loudspeaker is gone, the system's own is better than none.
    await context.setSinkId?.(this.#speaker()).catch(() => undefined);
    await context.resume();
  }

  /** Plays; returns when it has ended or was stopped. */
  async play({ samples, sampleRateHz }: PlayableSpeech): Promise<void> {
    this.stop();
    await this.open();
    const context = this.#context;
    if (context === null || samples.length === 0) return;
    const buffer = context.createBuffer(1, samples.length, sampleRateHz);
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(context.destination);
    this.#source = source;
    await new Promise<void>((ended) => {
      source.addEventListener('ended', () => {
        ended();
      });
      source.start();
    });
    source.disconnect();
    if (this.#source === source) this.#source = null;
  }

  stop(): void {
    this.#source?.stop();
    this.#source = null;
  }

  close(): void {
    this.stop();
    void this.#context?.close();
    this.#context = null;
  }
}
