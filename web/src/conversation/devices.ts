/**
 * Keeps the open devices in step with what the user chose and what is plugged in.
 *
 * A chosen device that is away is replaced by the default one, and taken up again when it is back; a microphone that
 * is taken away is replaced at once, and the conversation goes on. A chosen microphone that cannot be opened leaves the
 * one before in use, and the user is told; where that is gone too, nobody is heard, and the user is told that. One change
 * is under way at a time.
 */
import type { AudioPort } from '../audio/index.ts';
import { isAway, soundChoice } from '../state/index.ts';
import type { ConversationStore, SoundChoice } from '../state/index.ts';

interface DevicesOptions {
  /** Called for every microphone that is opened, the same one opened anew included. */
  readonly onOpened: () => void;
  /** Called when the microphone is gone and no other can be had. */
  readonly onLost: () => void;
}

/** See the module's docstring. */
export class Devices {
  readonly #store: ConversationStore;
  readonly #options: DevicesOptions;
  #port: AudioPort | null = null;
  #hasMicrophone = false;
  /** What the devices were last asked for. */
  #asked: SoundChoice | null = null;
  /** The microphone has ended, or could not be had at the last try. */
  #isLost = false;
  /** The microphone that was asked for could not be had; the one before goes on. */
  #isRefused = false;
  #isWorking = false;
  #isDue = false;

  constructor(store: ConversationStore, options: DevicesOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** The devices that opened, and what they were asked for; null when they are closed. */
  attach(port: AudioPort | null, asked: SoundChoice | null = null): void {
    this.#port = port;
    this.#asked = asked;
    this.#hasMicrophone = port !== null && port.microphone !== null;
    this.#isLost = this.#isRefused = false;
    if (port === null) {
      // Nothing hears now, neither the one that was chosen nor the one before.
      this.#say('microphone_refused', false);
      return;
    }
    this.#tell(port);
    this.follow();
  }

  /** What is wished for or plugged in may have changed. */
  follow(): void {
    void this.#work();
  }

  /** Asks again for a microphone that could not be had; returns whether there is one. */
  again(): boolean {
    if (!this.#isRefused && !this.#isLost) return false;
    this.#asked = null;
    void this.#work();
    return true;
  }

  /** The microphone was taken away. */
  lost(): void {
    this.#isLost = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    this.#isDue = true;
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#isDue) {
      this.#isDue = false;
      await this.#takeUp();
    }
    this.#isWorking = false;
  }

  async #takeUp(): Promise<void> {
    const port = this.#port;
    if (port === null) return;
    const choice = soundChoice(this.#store.getState());
    if (!this.#isLost && isSame(choice, this.#asked)) {
      this.#tellAway(port);
      return;
    }
    this.#asked = choice;
    try {
      await port.choose(choice);
      if (port !== this.#port) return;
      this.#isLost = this.#isRefused = false;
      this.#tell(port);
    } catch {
      if (port === this.#port) this.#cannotHear(port);
    }
  }

  /** The microphone that was asked for cannot be had: the one before goes on, or there is none. */
  #cannotHear(port: AudioPort): void {
    this.#isLost = !port.isHearing;
    this.#isRefused = port.isHearing;
    if (port.isHearing) {
      this.#tell(port);
      return;
    }
    this.#options.onLost();
    this.#store.dispatch({ type: 'microphone.lost' });
    this.#tellAway(port);
  }

  #tell(port: AudioPort): void {
    if (this.#hasMicrophone) {
      this.#store.dispatch({ type: 'microphone.opened', label: port.microphoneLabel });
      this.#options.onOpened();
    }
    this.#tellAway(port);
  }

  #tellAway({ substituted }: AudioPort): void {
    const state = this.#store.getState();
    // None at all is said already, and more plainly.
    const isHeard = this.#hasMicrophone && !this.#isLost;
    const isMicrophoneAway = isAway(state, 'microphone') || substituted.microphone;
    this.#say('microphone_away', isHeard && isMicrophoneAway && !this.#isRefused);
    this.#say('microphone_refused', isHeard && this.#isRefused);
    this.#say('speaker_away', isAway(state, 'speaker') || substituted.speaker);
  }

  #say(code: 'microphone_away' | 'microphone_refused' | 'speaker_away', isSo: boolean): void {
    const isSaid = this.#store.getState().problems.some((problem) => problem.code === code);
    if (isSo && !isSaid) this.#store.dispatch({ type: 'problem.raised', problem: { code, detail: '' } });
    if (!isSo && isSaid) this.#store.dispatch({ type: 'problem.gone', code });
  }
}

function isSame(one: SoundChoice, other: SoundChoice | null): boolean {
  return (
    other !== null &&
    one.microphone === other.microphone &&
    one.speaker === other.speaker &&
    one.echoCancellation === other.echoCancellation &&
    one.noiseSuppression === other.noiseSuppression &&
    one.autoGain === other.autoGain
  );
}
