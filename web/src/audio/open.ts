/**
 * Opens the sound devices as one thing that is either all there or all freed.
 *
 * The context is made before anything is awaited: a browser lets sound out only within the user's own click.
 */
import captureUrl from './capture.worklet.ts?worker&url';
import playbackUrl from './playback.worklet.ts?worker&url';
import { Cleanups } from './cleanups.ts';
import { AudioFault } from './faults.ts';
import { connectMicrophone, requestMicrophone, stopTracks } from './microphone.ts';
import type { AudioCounters, AudioListener, AudioPort, AudioWishes } from './port.ts';
import { Speaker } from './speaker.ts';

/** A context that is not running after this long is one the browser holds back. */
const BLOCKED_AFTER_MS = 700;

/** The worklets have heard by then that they are to end: they run every 3 ms. */
const WORKLETS_END_MS = 100;

/** @throws AudioFault when a device or permission is missing; whatever was opened is freed first. */
export async function openAudio(wishes: AudioWishes, listener: AudioListener): Promise<AudioPort> {
  const cleanups = new Cleanups();
  try {
    const context = createContext(cleanups);
    const [stream] = await Promise.all([
      wishes.microphone ? openMicrophone(cleanups) : null,
      context.audioWorklet.addModule(captureUrl),
      context.audioWorklet.addModule(playbackUrl),
    ]);
    wishes.signal.throwIfAborted();
    watchBlocking(context, listener.onBlocked, cleanups);
    return assemble(context, stream, listener, cleanups);
  } catch (error) {
    cleanups.run();
    throw error;
  }
}

function createContext(cleanups: Cleanups): AudioContext {
  if (!window.isSecureContext) throw new AudioFault('insecure_origin');
  // Both are typed as always there; old browsers lack them.
  const scope = globalThis as {
    AudioContext?: typeof AudioContext;
    AudioWorkletNode?: typeof AudioWorkletNode;
  };
  if (scope.AudioContext === undefined || scope.AudioWorkletNode === undefined) {
    throw new AudioFault('unsupported_browser');
  }
  const context = new scope.AudioContext({ latencyHint: 'interactive' });
  cleanups.add(() => {
    setTimeout(() => void context.close(), WORKLETS_END_MS);
  });
  void context.resume();
  return context;
}

async function openMicrophone(cleanups: Cleanups): Promise<MediaStream> {
  const stream = await requestMicrophone();
  cleanups.add(() => {
    stopTracks(stream);
  });
  return stream;
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

function assemble(
  context: AudioContext,
  stream: MediaStream | null,
  listener: AudioListener,
  cleanups: Cleanups,
): AudioPort {
  const speaker = new Speaker(context, listener, cleanups);
  let framesCaptured = 0;
  const onFrame = (frame: Int16Array): void => {
    framesCaptured += 1;
    listener.onFrame(frame);
  };
  const onLost = listener.onMicrophoneLost;
  return {
    microphone: stream === null ? null : connectMicrophone(context, stream, { onFrame, onLost }, cleanups),
    reply: speaker.waveform,
    get counters(): AudioCounters {
      return { ...speaker.totals, framesCaptured };
    },
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
    setMuted: (isMuted) => {
      // A muted track gives silence, so the server's sense of time goes on.
      for (const track of stream?.getTracks() ?? []) track.enabled = !isMuted;
    },
    unblock: () => context.resume(),
    close: () => {
      cleanups.run();
    },
  };
}
