/**
 * What the user can want of a conversation, and how it is done: with the devices, in the session, in what the page knows.
 *
 * ```
 * start: devices, then the session
 * stop, refusal, giving up: both are freed; what was said stays
 * ```
 * Owns the order of things at start and stop, and the rules of taking a turn. Refuses to know how devices and links work.
 */
import { AudioFault } from '../audio/index.ts';
import type { OpenAudio } from '../audio/index.ts';
import { approval, userText } from '../protocol/index.ts';
import { canInterrupt, canTalk, partnerOf } from '../state/index.ts';
import type {
  Character,
  ConversationStore,
  OpenedConversation,
  Preferences,
  Problem,
  SoundDevices,
  StoredTranscript,
} from '../state/index.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { Face } from './face.ts';
import { freshId } from './fresh-id.ts';
import { Session } from './session.ts';
import type { SessionOptions } from './session.ts';
import { Sound } from './sound.ts';
import { concernsSession } from './wishes.ts';

export interface ConversationOptions extends Pick<SessionOptions, 'store' | 'openTransport' | 'backoff'> {
  readonly openAudio: OpenAudio;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** See the module's docstring. Every method may be called at any time; those that make no sense then do nothing. */
export class Conversation {
  readonly sound: Sound;
  readonly #store: ConversationStore;
  readonly #now: () => number;
  readonly #session: Session;
  #wantsMicrophone = true;

  constructor({ store, openTransport, openAudio, backoff, now = Date.now }: ConversationOptions) {
    this.#store = store;
    this.#now = now;
    this.#session = new Session({
      store,
      openTransport,
      backoff,
      now,
      audio: () => this.sound.port,
      onEvent: (type) => {
        this.sound.hearing.received(type);
      },
      onOver: () => {
        this.#free();
      },
    });
    const { playout, uplink, face } = this.#session;
    this.sound = new Sound({
      store,
      openAudio,
      playout,
      uplink,
      face,
      // What was said under the button is said; nothing more will come.
      onLost: () => {
        this.release();
      },
    });
  }

  /** What drives the face. */
  get face(): Face {
    return this.#session.face;
  }

  get diagnostics(): Diagnostics {
    const { playout, uplink, reconnects, malformedEvents } = this.#session;
    return {
      ...this.sound.counts,
      framesSent: uplink.framesSent,
      framesDropped: uplink.framesDropped,
      lateFrames: playout.framesDropped,
      playoutReports: playout.reportsSent,
      holds: playout.holds,
      reconnects,
      malformedEvents,
    };
  }

  /** Starts with the microphone, or for typing only; call it within the user's click. */
  async start({ microphone }: { readonly microphone: boolean }): Promise<void> {
    const { phase, hasMicrophone } = this.#store.getState();
    // Who typed so far and now wants to talk begins again, with a microphone.
    if (phase === 'running' && microphone && !hasMicrophone) this.stop();
    else if (phase !== 'stopped') return;
    this.#wantsMicrophone = microphone;
    this.#store.dispatch({ type: 'conversation.starting' });
    try {
      const isOpen = await this.sound.open(microphone, () => {
        this.#store.dispatch({ type: 'conversation.running', hasMicrophone: microphone });
      });
      if (isOpen) this.#session.connect();
    } catch (error) {
      this.#runWithoutSound(error, microphone);
    }
  }

  /** Starts as it was last tried; while it runs, tries again at once what is waited for: the server, or a microphone. */
  async retry(): Promise<void> {
    this.#session.hurry();
    if (this.sound.devices.again()) return;
    await this.start({ microphone: this.#wantsMicrophone });
  }

  /** Ends the conversation and frees everything; what was said stays. */
  stop(): void {
    this.#session.close();
    this.#free();
  }

  sendText(text: string): void {
    const trimmed = text.trim();
    if (trimmed === '') return;
    void this.start({ microphone: false });
    const id = freshId('msg');
    if (this.#session.isOnline) {
      if (canInterrupt(this.#store.getState())) this.interrupt();
      this.#session.send(userText(id, trimmed));
      this.#session.send({ type: 'response.create' });
    }
    this.#store.dispatch({ type: 'text.typed', id, text: trimmed, at: this.#now() });
  }

  /** Cuts the reply short: silence first, then the word to the server. */
  interrupt(): void {
    if (!canInterrupt(this.#store.getState())) return;
    this.#session.playout.clearAll();
    this.#session.send({ type: 'response.cancel' });
  }

  /** Something else is about to be heard: cuts a reply short that sounds; one that is only thought of still comes. */
  makeWay(): void {
    if (this.#session.playout.isSounding) this.interrupt();
  }

  /** The push-to-talk button goes down. */
  hold(): void {
    const state = this.#store.getState();
    if (state.isHolding || !canTalk(state)) return;
    this.interrupt();
    this.#session.uplink.hold();
    this.#store.dispatch({ type: 'talk.held', isHolding: true });
  }

  /** The push-to-talk button comes up. */
  release(): void {
    if (!this.#store.getState().isHolding) return;
    this.#session.uplink.release();
    this.#store.dispatch({ type: 'talk.held', isHolding: false });
  }

  setMuted(isMuted: boolean): void {
    if (isMuted) this.release();
    this.sound.setMuted(isMuted);
  }

  setPreferences(preferences: Partial<Preferences>): void {
    if (preferences.mode !== undefined) this.release();
    const before = this.#store.getState().preferences;
    this.#store.dispatch({ type: 'preferences.changed', preferences });
    const after = this.#store.getState().preferences;
    if (concernsSession(before, after)) this.#session.sendSettings();
    if (after.mode !== before.mode) this.#session.uplink.begin(after.mode === 'hands-free');
    this.sound.devices.follow();
  }

  /** Takes in which sound devices there are; those in use may be among them no longer. */
  setDevices(devices: SoundDevices): void {
    this.#store.dispatch({ type: 'devices.listed', devices });
    this.sound.devices.follow();
  }

  /** Takes in who there is to talk to; whom the user chose on an earlier visit may be among them. */
  setCharacters(characters: readonly Character[]): void {
    const before = partnerOf(this.#store.getState());
    this.#store.dispatch({ type: 'characters.listed', characters });
    const after = partnerOf(this.#store.getState());
    const isNews = after.character !== before.character || after.language !== before.language;
    if (isNews && this.#session.isOnline) this.#session.sendSettings();
  }

  /** Lets a tool that asked run, or not. */
  answerTool(id: string, isApproved: boolean): void {
    this.#session.send(approval(id, isApproved));
    this.#store.dispatch({ type: 'tool.answered', id, isApproved });
  }

  /** Leaves the conversation for a new one. */
  clearHistory(): void {
    this.#store.dispatch({ type: 'history.cleared' });
    this.#session.moveOver();
  }

  /** Shows an earlier conversation in the place of the present one, and goes on with it. */
  openConversation(conversation: OpenedConversation): void {
    this.#store.dispatch({ type: 'conversation.opened', conversation });
    this.#session.moveOver();
  }

  /** Puts back what was said on an earlier visit, in the place of what is on the page. */
  restore(transcript: StoredTranscript): void {
    this.#store.dispatch({ type: 'history.cleared' });
    this.#store.dispatch({ type: 'page.restored', transcript });
    this.#session.moveOver();
  }

  /** Typing needs no devices: the reply is then read instead of heard. */
  #runWithoutSound(error: unknown, wantsMicrophone: boolean): void {
    if (wantsMicrophone) {
      this.#store.dispatch({ type: 'conversation.stopped' });
      this.#raise(problemOfOpening(error));
    } else {
      this.#raise({ code: 'no_sound', detail: '' });
      this.#store.dispatch({ type: 'conversation.running', hasMicrophone: false });
      this.#session.connect();
    }
  }

  #free(): void {
    this.sound.close();
    this.#store.dispatch({ type: 'conversation.stopped' });
  }

  #raise(problem: Problem): void {
    this.#store.dispatch({ type: 'problem.raised', problem });
  }
}

function problemOfOpening(error: unknown): Problem {
  if (error instanceof AudioFault) return { code: error.code, detail: '' };
  return { code: 'page_error', detail: error instanceof Error ? error.message : String(error) };
}
