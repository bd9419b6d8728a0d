/**
 * Holds one conversation: opens devices, then the link, and carries news between them and the state.
 *
 * ```
 * start: devices -> link -> session settings, what was said before and is not known there, what waits to be said
 * loss:  sound stops, what was under way ends; the link tries again; then as at the start
 * stop, refusal, giving up: link and devices are freed
 * ```
 */
import { AudioFault } from '../audio/index.ts';
import type { AudioListener, AudioPort, OpenAudio, Waveform } from '../audio/index.ts';
import { Link } from '../connection/index.ts';
import type { BackoffPolicy, LinkStatus, Transport, TransportListener } from '../connection/index.ts';
import { approval, userText } from '../protocol/index.ts';
import type { ServerEvent } from '../protocol/index.ts';
import { canInterrupt, canTalk, CHARACTER_NOT_FOUND, partnerOf, soundChoice } from '../state/index.ts';
import type {
  Character,
  ConversationStore,
  OpenedConversation,
  Preferences,
  Problem,
  ProblemCode,
  SoundChoice,
  SoundDevices,
} from '../state/index.ts';
import { audioListener } from './audio-listener.ts';
import type { Diagnostics } from './diagnostics.ts';
import { Devices } from './devices.ts';
import { Face } from './face.ts';
import { freshId } from './fresh-id.ts';
import { HearingWatch } from './hearing-watch.ts';
import { Playout } from './playout.ts';
import { Telling } from './telling.ts';
import { Uplink } from './uplink.ts';
import { addressOf, concernsSession, Wishes } from './wishes.ts';

export interface ConversationOptions {
  readonly store: ConversationStore;
  /** @param query - of the address: what the session is to know from its first moment on. */
  readonly openTransport: (listener: TransportListener, query: Readonly<Record<string, string>>) => Transport;
  readonly openAudio: OpenAudio;
  /** Told what the user chose. */
  readonly onChosen?: (preferences: Partial<Preferences>) => void;
  readonly backoff?: BackoffPolicy;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const NO_COUNTS = { samplesPlayed: 0, flushes: 0, underruns: 0, framesCaptured: 0 };

/** See the module's docstring. Every method may be called at any time; those that make no sense then do nothing. */
export class Conversation {
  /** What drives the face. */
  readonly face: Face;
  readonly #store: ConversationStore;
  readonly #openAudio: OpenAudio;
  readonly #onChosen: ((preferences: Partial<Preferences>) => void) | undefined;
  readonly #now: () => number;
  readonly #link: Link;
  readonly #playout: Playout;
  readonly #uplink: Uplink;
  readonly #wishes = new Wishes();
  readonly #devices: Devices;
  readonly #hearing: HearingWatch;
  readonly #ear: AudioListener;
  readonly #telling: Telling;
  #audio: AudioPort | null = null;
  #opening: AbortController | null = null;
  /** What the devices counted that are closed by now. */
  #counted = NO_COUNTS;
  #reconnects = 0;
  #malformedEvents = 0;
  #wantsMicrophone = true;

  constructor({ store, openTransport, openAudio, onChosen, backoff, now = Date.now }: ConversationOptions) {
    this.#store = store;
    this.#openAudio = openAudio;
    this.#onChosen = onChosen;
    this.#now = now;
    this.face = new Face(store, () => this.#audio);
    this.#telling = new Telling({
      store,
      send: (event) => {
        this.#link.send(event);
      },
      now,
    });
    this.#link = new Link({
      open: (listener) => openTransport(listener, addressOf(store.getState(), this.#telling.choose())),
      ...(backoff === undefined ? {} : { backoff }),
      listener: {
        onStatus: (status) => {
          this.#linkChanged(status);
        },
        onEvent: (event) => {
          this.#received(event);
        },
        onAudio: (frame) => {
          this.#playout.frame(frame);
        },
        onMalformed: () => {
          this.#malformedEvents += 1;
        },
      },
    });
    this.#uplink = new Uplink(this.#link);
    this.#hearing = new HearingWatch(store);
    this.#devices = new Devices(store, () => {
      this.#hearing.reset();
    });
    this.#playout = new Playout({
      send: (event) => {
        this.#link.send(event);
      },
      onSoundless: (item) => {
        store.dispatch({ type: 'playout.ended', playhead: { item, played: 0 } });
      },
      now,
    });
    this.#ear = audioListener({
      store,
      uplink: this.#uplink,
      playout: this.#playout,
      devices: this.#devices,
      hearing: this.#hearing,
      face: this.face,
    });
  }

  /** Starts with the microphone, or for typing only; call it within the user's click. */
  async start({ microphone }: { readonly microphone: boolean }): Promise<void> {
    const { phase, hasMicrophone } = this.#store.getState();
    // Who typed so far and now wants to talk begins again, with a microphone.
    if (phase === 'running' && microphone && !hasMicrophone) this.stop();
    else if (phase !== 'stopped') return;
    this.#wantsMicrophone = microphone;
    this.#store.dispatch({ type: 'conversation.starting' });
    const opening = new AbortController();
    this.#opening = opening;
    try {
      const choice = soundChoice(this.#store.getState());
      const wishes = { microphone, choice, signal: opening.signal };
      const audio = await this.#openAudio(wishes, this.#ear);
      if (opening.signal.aborted) audio.close();
      else this.#run(audio, microphone, choice);
    } catch (error) {
      if (!opening.signal.aborted) this.#runWithoutAudio(error, microphone);
    }
  }

  /** Starts as it was last tried. */
  async retry(): Promise<void> {
    await this.start({ microphone: this.#wantsMicrophone });
  }

  /** Ends the conversation and frees everything; what was said stays. */
  stop(): void {
    this.#opening?.abort();
    this.#link.close();
    this.#end();
  }

  sendText(text: string): void {
    const trimmed = text.trim();
    if (trimmed === '') return;
    void this.start({ microphone: false });
    const id = freshId('msg');
    if (this.#link.isOnline) {
      if (canInterrupt(this.#store.getState())) this.interrupt();
      this.#link.send(userText(id, trimmed));
      this.#link.send({ type: 'response.create' });
    }
    this.#store.dispatch({ type: 'text.typed', id, text: trimmed, at: this.#now() });
  }

  /** Cuts the reply short: silence first, then the word to the server. */
  interrupt(): void {
    if (!canInterrupt(this.#store.getState())) return;
    this.#playout.clearAll();
    this.#link.send({ type: 'response.cancel' });
  }

  /** The push-to-talk button goes down. */
  hold(): void {
    const state = this.#store.getState();
    if (state.isHolding || !canTalk(state)) return;
    this.interrupt();
    this.#uplink.hold();
    this.#store.dispatch({ type: 'talk.held', isHolding: true });
  }

  /** The push-to-talk button comes up. */
  release(): void {
    if (!this.#store.getState().isHolding) return;
    this.#uplink.release();
    this.#store.dispatch({ type: 'talk.held', isHolding: false });
  }

  setMuted(isMuted: boolean): void {
    if (isMuted) this.release();
    this.#audio?.setMuted(isMuted);
    this.#store.dispatch({ type: 'microphone.muted', isMuted });
    this.#hearing.reset();
  }

  /** Keeps the microphone from the conversation while something else uses it, without muting it for the user. */
  hush(isHushed: boolean): void {
    this.#audio?.setMuted(isHushed || this.#store.getState().isMuted);
    this.#hearing.pause(isHushed);
  }

  setPreferences(preferences: Partial<Preferences>): void {
    if (preferences.mode !== undefined) this.release();
    const before = this.#store.getState().preferences;
    this.#store.dispatch({ type: 'preferences.changed', preferences });
    this.#onChosen?.(preferences);
    const after = this.#store.getState().preferences;
    if (concernsSession(before, after)) this.#sendSettings();
    if (after.mode !== before.mode) this.#uplink.begin(after.mode === 'hands-free');
    this.#devices.follow();
  }

  /** Takes in which sound devices there are; those in use may be among them no longer. */
  setDevices(devices: SoundDevices): void {
    this.#store.dispatch({ type: 'devices.listed', devices });
    this.#devices.follow();
  }

  /** Takes in who there is to talk to; whom the user chose on an earlier visit may be among them. */
  setCharacters(characters: readonly Character[]): void {
    const before = partnerOf(this.#store.getState());
    this.#store.dispatch({ type: 'characters.listed', characters });
    const after = partnerOf(this.#store.getState());
    const isNews = after.character !== before.character || after.language !== before.language;
    if (isNews && this.#link.isOnline) this.#sendSettings();
  }

  /** Lets a tool that asked run, or not. */
  answerTool(id: string, isApproved: boolean): void {
    this.#link.send(approval(id, isApproved));
    this.#store.dispatch({ type: 'tool.answered', id, isApproved });
  }

  /** Asks the browser again to let sound out; call it within the user's click. */
  async unblockSound(): Promise<void> {
    await this.#audio?.unblock();
  }

  /** Leaves the conversation for a new one. */
  clearHistory(): void {
    this.#store.dispatch({ type: 'history.cleared' });
    this.#moveOver();
  }

  /** Shows an earlier conversation in the place of the present one, and goes on with it. */
  openConversation(conversation: OpenedConversation): void {
    this.#store.dispatch({ type: 'conversation.opened', conversation });
    this.#moveOver();
  }

  dismiss(code: ProblemCode): void {
    this.#store.dispatch({ type: 'problem.gone', code });
  }

  /** The sound of this moment, for drawing; null while there is none. */
  get microphone(): Waveform | null {
    return this.#audio?.microphone ?? null;
  }

  get reply(): Waveform | null {
    return this.#audio?.reply ?? null;
  }

  get diagnostics(): Diagnostics {
    return {
      ...this.#counts(),
      framesSent: this.#uplink.framesSent,
      framesDropped: this.#uplink.framesDropped,
      lateFrames: this.#playout.framesDropped,
      playoutReports: this.#playout.reportsSent,
      holds: this.#playout.holds,
      reconnects: this.#reconnects,
      malformedEvents: this.#malformedEvents,
    };
  }

  #run(audio: AudioPort | null, hasMicrophone: boolean, choice: SoundChoice | null): void {
    this.#setAudio(audio);
    audio?.setMuted(this.#store.getState().isMuted);
    this.#store.dispatch({ type: 'conversation.running', hasMicrophone });
    this.#devices.attach(audio, choice);
    this.#link.connect();
  }

  /** Typing needs no devices: the reply is then read instead of heard. */
  #runWithoutAudio(error: unknown, wantsMicrophone: boolean): void {
    if (wantsMicrophone) {
      this.#store.dispatch({ type: 'conversation.stopped' });
      this.#raise(problemOfOpening(error));
    } else {
      this.#raise({ code: 'no_sound', detail: '' });
      this.#run(null, false, null);
    }
  }

  #linkChanged(status: LinkStatus): void {
    this.#telling.end();
    if (status.kind === 'unknown') {
      this.#lose(status.what);
      return;
    }
    this.#store.dispatch({ type: 'connection.changed', connection: status });
    switch (status.kind) {
      case 'online':
        this.#beginSession();
        break;
      case 'reconnecting':
        this.#reconnects += 1;
        this.#loseSession();
        break;
      case 'failed':
      case 'refused':
        this.#end();
        break;
      case 'offline':
      case 'connecting':
        break;
    }
  }

  /** Tells a new session what it has to know, in the order in which it happened. */
  #beginSession(): void {
    this.#telling.begin(() => {
      this.#wishes.begin();
      this.#sendSettings();
      this.#uplink.begin(this.#store.getState().preferences.mode === 'hands-free');
    });
  }

  /** The server does not have it (it keeps no history, or it was deleted): begin anew with what the page knows. */
  #lose(what: 'conversation' | 'character'): void {
    this.#store.dispatch({ type: `${what}.lost` });
    this.#moveOver();
  }

  /** What is running goes on in a session of its own, with what the transcript now is. */
  #moveOver(): void {
    if (this.#store.getState().phase !== 'running') return;
    this.#link.close();
    this.#loseSession();
    this.#link.connect();
  }

  #loseSession(): void {
    this.face.reset();
    this.#playout.reset();
    this.#uplink.reset();
    this.#store.dispatch({ type: 'talk.held', isHolding: false });
  }

  #end(): void {
    this.#loseSession();
    this.#setAudio(null);
    this.#opening = null;
    this.#store.dispatch({ type: 'conversation.stopped' });
  }

  #sendSettings(): void {
    this.#link.send(
      this.#wishes.settings(this.#store.getState(), {
        hasSound: this.#audio !== null,
        encoding: this.#audio?.encoding ?? 'pcm',
      }),
    );
  }

  #received(event: ServerEvent): void {
    if (this.#telling.take(event)) return;
    this.#store.dispatch({ type: 'server.said', event, at: this.#now() });
    this.#playout.duckFor(event.type);
    this.face.received(event);
    this.#hearing.received(event.type);
    switch (event.type) {
      case 'error':
        if (event.error.code === CHARACTER_NOT_FOUND) this.#sendSettings();
        break;
      case 'vivavoce.audio.stream':
        this.#playout.announce(event);
        break;
      case 'response.output_audio.done':
        this.#playout.complete(event.item_id);
        break;
      case 'vivavoce.playout.hold':
        this.#playout.hold(event.item_id);
        break;
      case 'vivavoce.playout.resume':
        this.#playout.resume(event.item_id);
        break;
      case 'vivavoce.playout.clear':
        this.#playout.clear(event.item_id);
        break;
      default:
        break;
    }
  }

  #setAudio(audio: AudioPort | null): void {
    this.#counted = this.#counts();
    this.#audio?.close();
    this.#audio = audio;
    this.#playout.attach(audio);
    this.#uplink.attach(audio);
    if (audio === null) this.#devices.attach(null);
  }

  #counts(): typeof NO_COUNTS {
    const { samplesPlayed, flushes, underruns, framesCaptured } = this.#audio?.counters ?? NO_COUNTS;
    return {
      samplesPlayed: this.#counted.samplesPlayed + samplesPlayed,
      flushes: this.#counted.flushes + flushes,
      underruns: this.#counted.underruns + underruns,
      framesCaptured: this.#counted.framesCaptured + framesCaptured,
    };
  }

  #raise(problem: Problem): void {
    this.#store.dispatch({ type: 'problem.raised', problem });
  }
}

function problemOfOpening(error: unknown): Problem {
  if (error instanceof AudioFault) return { code: error.code, detail: '' };
  return { code: 'page_error', detail: error instanceof Error ? error.message : String(error) };
}
