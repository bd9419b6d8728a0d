/**
 * Actions: nod, shake, think and wave, as curves that were worked out once.
 *
 * Owns the curves and the playing of one of them. They are sampled at first use into arrays that all faces of the page
 * share; a frame reads two samples and mixes them.
 */
import type { FaceAction } from '../feed.ts';
import { bump, clamp, mix, smoothstep } from './easing.ts';
import { add } from './pose.ts';
import type { Channel, Pose } from './pose.ts';

export type ActionName = FaceAction['name'];

interface Curve {
  readonly channel: Channel;
  readonly samples: Float32Array;
}

export interface Action {
  readonly seconds: number;
  readonly curves: readonly Curve[];
}

const SAMPLES = 96;
const TURN = 2 * Math.PI;

/** Up at the start, down at the end: `edge` is the share of the time that each takes. */
function held(share: number, edge: number): number {
  return smoothstep(0, edge, share) * (1 - smoothstep(1 - edge, 1, share));
}

type Shape = (share: number) => number;

const SHAPES: Readonly<
  Record<ActionName, { readonly seconds: number; readonly parts: Partial<Record<Channel, Shape>> }>
> = {
  nod: {
    seconds: 1.05,
    parts: {
      // Two nods, the second smaller, each lower than it came from higher.
      headPitch: (share) =>
        0.24 * bump(share / 0.55) + 0.14 * bump((share - 0.45) / 0.55) - 0.04 * bump(share / 0.2),
      browInner: (share) => 0.25 * held(share, 0.3),
      lidDroop: (share) => 0.2 * bump(share / 0.55),
      smile: (share) => 0.2 * held(share, 0.3),
    },
  },
  shake: {
    seconds: 1.35,
    parts: {
      headYaw: (share) => 0.27 * Math.sin(TURN * 2 * share) * held(share, 0.22),
      browDown: (share) => 0.25 * held(share, 0.3),
      press: (share) => 0.3 * held(share, 0.3),
      headPitch: (share) => 0.05 * held(share, 0.3),
    },
  },
  think: {
    seconds: 2.6,
    parts: {
      headRoll: (share) => -0.13 * held(share, 0.25),
      headYaw: (share) => 0.13 * held(share, 0.25),
      headPitch: (share) => -0.07 * held(share, 0.25),
      gazeX: (share) => 0.42 * held(share, 0.12),
      gazeY: (share) => 0.5 * held(share, 0.12),
      browRight: (share) => 0.85 * held(share, 0.2),
      browLeft: (share) => -0.3 * held(share, 0.2),
      mouthSide: (share) => 0.7 * held(share, 0.2),
      squint: (share) => 0.25 * held(share, 0.2),
    },
  },
  wave: {
    seconds: 2.5,
    parts: {
      wave: (share) => smoothstep(0, 0.22, share) * (1 - smoothstep(0.8, 1, share)),
      waveSwing: (share) =>
        0.42 * Math.sin(TURN * 3 * (share - 0.16)) * held(clamp((share - 0.12) / 0.76, 0, 1), 0.2),
      headRoll: (share) => 0.1 * held(share, 0.25),
      smile: (share) => 0.55 * held(share, 0.18),
      cheek: (share) => 0.5 * held(share, 0.18),
      browLeft: (share) => 0.5 * bump(share / 0.45),
      browRight: (share) => 0.5 * bump(share / 0.45),
      browInner: (share) => 0.3 * bump(share / 0.45),
    },
  },
};

const sampled = new Map<ActionName, Action>();

/** The curves of an action; worked out at the first call. */
export function actionOf(name: ActionName): Action {
  const known = sampled.get(name);
  if (known !== undefined) return known;
  const { seconds, parts } = SHAPES[name];
  const curves = (Object.entries(parts) as [Channel, Shape][]).map(([channel, shape]) => ({
    channel,
    samples: Float32Array.from({ length: SAMPLES + 1 }, (_, index) => shape(index / SAMPLES)),
  }));
  const action = { seconds, curves };
  sampled.set(name, action);
  return action;
}

export function isAction(name: string): name is ActionName {
  return Object.hasOwn(SHAPES, name);
}

/** Plays one action at a time; a new one takes over from the one before it within a moment. */
export class ActionPlayer {
  #now: Playing = nothing();
  #before: Playing = nothing();

  /** Begins `name` at `now`; `amount` below 1 makes it smaller, as the nods of a listener are. */
  play(name: ActionName, now: number, amount = 1): void {
    const spare = this.#before;
    this.#before = this.#now;
    this.#before.endsAt = Math.min(this.#before.endsAt, now + TAKEOVER_SECONDS);
    spare.action = actionOf(name);
    spare.startedAt = now;
    spare.endsAt = now + spare.action.seconds;
    spare.amount = amount;
    this.#now = spare;
  }

  isPlaying(now: number): boolean {
    return now < this.#now.endsAt;
  }

  /** Adds what is being played at `now`. */
  apply(pose: Pose, now: number): void {
    addPlaying(pose, this.#before, now);
    addPlaying(pose, this.#now, now);
  }
}

const TAKEOVER_SECONDS = 0.25;

interface Playing {
  action: Action | null;
  startedAt: number;
  endsAt: number;
  amount: number;
}

function nothing(): Playing {
  return { action: null, startedAt: 0, endsAt: 0, amount: 0 };
}

function addPlaying(pose: Pose, playing: Playing, now: number): void {
  const { action } = playing;
  if (action === null || now >= playing.endsAt) return;
  const place = clamp((now - playing.startedAt) / action.seconds, 0, 1) * SAMPLES;
  const index = Math.min(Math.floor(place), SAMPLES - 1);
  const isWhole = playing.endsAt >= playing.startedAt + action.seconds - 1e-9;
  const fade = isWhole ? 1 : smoothstep(0, TAKEOVER_SECONDS, playing.endsAt - now);
  // By index: an iterator would be made anew each frame.
  // eslint-disable-next-line @typescript-eslint/prefer-for-of
  for (let part = 0; part < action.curves.length; part += 1) {
    const curve = action.curves[part];
    if (curve === undefined) continue;
    const value = mix(curve.samples[index] ?? 0, curve.samples[index + 1] ?? 0, place - index);
    add(pose, curve.channel, value * playing.amount * fade);
  }
}
