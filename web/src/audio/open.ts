/**
 * Opens the sound devices as one thing that is either all there or all freed.
 *
 * The context is made before anything is awaited: a browser lets sound out only within the user's own click.
 */
import { Cleanups } from './cleanups.ts';
import { routeTo } from './devices.ts';
import { AudioFault } from './faults.ts';
import { Microphone, requestMicrophone, stopTracks } from './microphone.ts';
import type { OpenedMicrophone } from './microphone.ts';
import { hasWorklets, plainParts, workletParts } from './parts.ts';
import type { AudioParts, SpeakerPart, SpeakerPort } from './parts.ts';
import type {
  AudioCounters,
  AudioListener,
  AudioPort,
  AudioWishes,
  DeviceChoice,
  OpenAudio,
  Substituted,
} from './port.ts';

/** A context that is not running after this long is one the browser holds back. */
const BLOCKED_AFTER_MS = 700;

/** The worklets have heard by then that they are to end: they run every 3 ms. */
const WORKLETS_END_MS = 100;

/** @throws AudioFault when a device or permission is missing; whatever was opened is freed first. */
export const openAudio: OpenAudio = (wishes, listener) =>
  openWith(hasWorklets() ? workletParts : plainParts, wishes, listener);

/** Does without the audio thread, as in a browser that has no worklets. */
export const openPlainAudio: OpenAudio = (wishes, listener) => openWith(plainParts, wishes, listener);

async function openWith(parts: AudioParts, wishes: AudioWishes, listener: AudioListener): Promise<AudioPort> {
  const cleanups = new Cleanups();
  try {
    // Sound may come out of any page; browsers keep the microphone from insecure ones.
    if (wishes.microphone && !window.isSecureContext) throw new AudioFault('insecure_origin');
    const context = createContext(cleanups);
    parts.check(wishes);
    const [opened, hasSpeaker] = await Promise.all([
      wishes.microphone ? openMicrophone(wishes.choice, cleanups) : null,
      routeTo(context, wishes.choice.speaker),
      parts.load(context),
    ]);
    wishes.signal.throwIfAborted();
    watchBlocking(context, listener.onBlocked, cleanups);
    return assemble({ context, opened, hasSpeaker, parts, listener, cleanups });
  } catch (error) {
    cleanups.run();
    throw error;
  }
}

function createContext(cleanups: Cleanups): AudioContext {
  // Typed as always there; old browsers lack it.
  const scope = globalThis as { AudioContext?: typeof AudioContext };
  if (scope.AudioContext === undefined) throw new AudioFault('unsupported_browser');
  const context = new scope.AudioContext({ latencyHint: 'interactive' });
  cleanups.add(() => {
    setTimeout(() => void context.close(), WORKLETS_END_MS);
  });
  void context.resume();
  return context;
}

async function openMicrophone(choice: DeviceChoice, cleanups: Cleanups): Promise<OpenedMicrophone> {
  const opened = await requestMicrophone(choice);
  cleanups.add(() => {
    stopTracks(opened.stream);
  });
  return opened;
}

function watchBlocking(
  context: AudioContext,
  onBlocked: (isBlocked: boolean) => void,
  cleanups: Cleanups,
): void {
  const tell = (): void => {
    onBlocked(context.state !== 'running');
  };
  const timer = setTimeout(tell, BLOCKED_AFTER_MS);
  context.addEventListener('statechange', tell);
  cleanups.add(() => {
    clearTimeout(timer);
    context.removeEventListener('statechange', tell);
  });
}

interface Opened {
  readonly context: AudioContext;
  readonly opened: OpenedMicrophone | null;
  readonly hasSpeaker: boolean;
  readonly parts: AudioParts;
  readonly listener: AudioListener;
  readonly cleanups: Cleanups;
}

function assemble({ context, opened, hasSpeaker, parts, listener, cleanups }: Opened): AudioPort {
  const speaker = parts.openSpeaker(context, listener, cleanups);
  let framesCaptured = 0;
  let isDefaultSpeaker = !hasSpeaker;
  const counting: AudioListener = {
    ...listener,
    onFrame: (frame) => {
      framesCaptured += 1;
      listener.onFrame(frame);
    },
  };
  const microphone =
    opened === null
      ? null
      : new Microphone(context, opened, { listener: counting, open: parts.openCapture }, cleanups);
  return {
    ...playing(speaker),
    ...hearing(microphone),
    reply: speaker.waveform,
    get isHearing(): boolean {
      return microphone?.isLive ?? false;
    },
    get microphoneLabel(): string {
      return microphone?.label ?? '';
    },
    get substituted(): Substituted {
      return { microphone: microphone?.isSubstitute ?? false, speaker: isDefaultSpeaker };
    },
    get counters(): AudioCounters {
      return { ...speaker.totals, framesCaptured };
    },
    choose: async (choice) => {
      isDefaultSpeaker = !(await routeTo(context, choice.speaker));
      await microphone?.choose(choice);
    },
    unblock: () => context.resume(),
    close: () => {
      cleanups.run();
    },
  };
}

function hearing(
  microphone: Microphone | null,
): Pick<AudioPort, 'microphone' | 'encoding' | 'listen' | 'setMuted'> {
  return {
    microphone: microphone?.waveform ?? null,
    encoding: microphone?.capture.encoding ?? 'pcm',
    listen: (isListening) => microphone?.capture.listen(isListening) ?? Promise.resolve(),
    setMuted: (isMuted) => {
      microphone?.setMuted(isMuted);
    },
  };
}

function playing(speaker: SpeakerPart): Pick<AudioPort, keyof SpeakerPort> {
  return {
    play: (chunk) => {
      speaker.play(chunk);
    },
    finish: (item) => {
      speaker.finish(item);
    },
    hold: (item) => {
      speaker.hold(item);
    },
    resume: (item) => {
      speaker.resume(item);
    },
    clear: (item) => {
      speaker.clear(item);
    },
    duck: (isDucked) => {
      speaker.duck(isDucked);
    },
    sounding: () => speaker.sounding(),
  };
}
