/**
 * The sound devices of a conversation, from the user's click until they are freed.
 *
 * Owns their opening and its end, what they counted, and whether the microphone is kept silent. Refuses to know servers:
 * what is heard goes to the uplink, what is played comes from the playout.
 */
import type { AudioListener, AudioPort, OpenAudio, Waveform } from '../audio/index.ts';
import { soundChoice } from '../state/index.ts';
import type { ConversationStore } from '../state/index.ts';
import { audioListener } from './audio-listener.ts';
import { Devices } from './devices.ts';
import type { Face } from './face.ts';
import { HearingWatch } from './hearing-watch.ts';
import type { Playout } from './playout.ts';
import type { Uplink } from './uplink.ts';

interface SoundOptions {
  readonly store: ConversationStore;
  readonly openAudio: OpenAudio;
  readonly playout: Playout;
  readonly uplink: Uplink;
  readonly face: Face;
  /** Called when the microphone is gone and no other can be had. */
  readonly onLost: () => void;
}

const NO_COUNTS = { samplesPlayed: 0, flushes: 0, underruns: 0, framesCaptured: 0 };

/** See the module's docstring. */
export class Sound {
  readonly devices: Devices;
  readonly hearing: HearingWatch;
  readonly #options: SoundOptions;
  readonly #ear: AudioListener;
  #port: AudioPort | null = null;
  #opening: AbortController | null = null;
  #isHushed = false;
  /** What the devices counted that are closed by now. */
  #counted = NO_COUNTS;

  constructor(options: SoundOptions) {
    this.#options = options;
    const { store, playout, uplink, face, onLost } = options;
    this.hearing = new HearingWatch(store);
    const onOpened = (): void => {
      this.hearing.reset();
    };
    this.devices = new Devices(store, { onOpened, onLost });
    this.#ear = audioListener({
      store,
      uplink,
      playout,
      devices: this.devices,
      hearing: this.hearing,
      face,
    });
  }

  get port(): AudioPort | null {
    return this.#port;
  }

  /** The sound of this moment, for drawing; null while there is none. */
  get microphone(): Waveform | null {
    return this.#port?.microphone ?? null;
  }

  get reply(): Waveform | null {
    return this.#port?.reply ?? null;
  }

  /** Totals since the page was opened. */
  get counts(): typeof NO_COUNTS {
    const { samplesPlayed, flushes, underruns, framesCaptured } = this.#port?.counters ?? NO_COUNTS;
    return {
      samplesPlayed: this.#counted.samplesPlayed + samplesPlayed,
      flushes: this.#counted.flushes + flushes,
      underruns: this.#counted.underruns + underruns,
      framesCaptured: this.#counted.framesCaptured + framesCaptured,
    };
  }

  /**
   * Opens what the user chose; returns false when {@link close} came first, and nothing is held then.
   *
   * @param onOpened - called before the devices are compared with what was chosen and plugged in meanwhile.
   * @throws AudioFault when a device or permission is missing.
   */
  async open(microphone: boolean, onOpened: () => void): Promise<boolean> {
    const opening = new AbortController();
    this.#opening = opening;
    const choice = soundChoice(this.#options.store.getState());
    let port: AudioPort;
    try {
      port = await this.#options.openAudio({ microphone, choice, signal: opening.signal }, this.#ear);
    } catch (error) {
      if (opening.signal.aborted) return false;
      throw error;
    }
    if (opening.signal.aborted) {
      port.close();
      return false;
    }
    this.#take(port);
    this.#applyMute();
    onOpened();
    this.devices.attach(port, choice);
    return true;
  }

  /** Frees the devices, and ends their being opened. */
  close(): void {
    this.#opening?.abort();
    this.#opening = null;
    this.#take(null);
    this.devices.attach(null);
  }

  setMuted(isMuted: boolean): void {
    this.#options.store.dispatch({ type: 'microphone.muted', isMuted });
    this.#applyMute();
    this.hearing.reset();
  }

  /** Keeps the microphone from the conversation while something else uses it, without muting it for the user. */
  hush(isHushed: boolean): void {
    this.#isHushed = isHushed;
    this.#applyMute();
    this.hearing.pause(isHushed);
  }

  /** Asks the browser again to let sound out; call it within the user's click. */
  async unblock(): Promise<void> {
    await this.#port?.unblock();
  }

  #applyMute(): void {
    this.#port?.setMuted(this.#isHushed || this.#options.store.getState().isMuted);
  }

  #take(port: AudioPort | null): void {
    this.#counted = this.counts;
    this.#port?.close();
    this.#port = port;
    this.#options.playout.attach(port);
    this.#options.uplink.attach(port);
  }
}
