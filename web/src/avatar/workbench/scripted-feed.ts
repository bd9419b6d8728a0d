/**
 * A feed that plays a part: for looking at faces, and for measuring them.
 *
 * Owns a made-up sentence and says it over and over while its mood is `speaking`. Refuses to make a sound.
 */
import { VISEMES } from '../feed.ts';
import type { FaceAction, FaceFeed, Mood, Viseme } from '../feed.ts';

/** "Hello, I am glad that you are here. What shall we talk about?": mouths, and how long each lasts. */
const SENTENCE: readonly (readonly [Viseme, number])[] = [
  ['kk', 60],
  ['E', 90],
  ['nn', 60],
  ['O', 170],
  ['sil', 140],
  ['aa', 110],
  ['I', 60],
  ['aa', 70],
  ['PP', 80],
  ['kk', 60],
  ['nn', 50],
  ['aa', 120],
  ['DD', 60],
  ['TH', 70],
  ['aa', 70],
  ['DD', 50],
  ['I', 50],
  ['U', 110],
  ['RR', 90],
  ['kk', 50],
  ['I', 120],
  ['RR', 110],
  ['sil', 320],
  ['U', 70],
  ['aa', 100],
  ['DD', 50],
  ['CH', 90],
  ['aa', 90],
  ['nn', 60],
  ['U', 60],
  ['I', 90],
  ['DD', 60],
  ['O', 140],
  ['kk', 70],
  ['aa', 60],
  ['PP', 70],
  ['aa', 130],
  ['U', 60],
  ['SS', 90],
  ['FF', 80],
  ['sil', 420],
];
const SENTENCE_MS: number = SENTENCE.reduce((sum, [, ms]) => sum + ms, 0);
/** One mouth flows into the next. */
const BLEND_MS = 45;

export class ScriptedFeed implements FaceFeed {
  mood: Mood = 'idle';
  expression: string | null = null;
  action: FaceAction | null = null;
  /** Without a timeline the face has to listen. */
  hasTimeline = true;
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  act(name: FaceAction['name']): void {
    this.action = { name, count: (this.action?.count ?? 0) + 1 };
  }

  readVisemes(weights: Float32Array<ArrayBuffer>): boolean {
    if (!this.hasTimeline) return false;
    weights.fill(0);
    if (this.mood !== 'speaking') {
      weights[0] = 1;
      return true;
    }
    let place = this.#clock() % SENTENCE_MS;
    for (let index = 0; index < SENTENCE.length; index += 1) {
      const [viseme, ms] = SENTENCE[index] ?? ['sil', 1];
      if (place < ms) {
        const next = SENTENCE[(index + 1) % SENTENCE.length]?.[0] ?? 'sil';
        const share = Math.max(0, (place - (ms - BLEND_MS)) / BLEND_MS);
        add(weights, viseme, 1 - share);
        add(weights, next, share);
        break;
      }
      place -= ms;
    }
    return true;
  }

  readReply(out: Float32Array<ArrayBuffer>): boolean {
    if (this.mood !== 'speaking') return false;
    const now = this.#clock();
    const level = 0.06 + 0.06 * Math.sin(now / 130) + 0.04 * Math.sin(now / 410);
    for (let index = 0; index < out.length; index += 1)
      out[index] = level * Math.sin(index * (0.09 + 0.05 * Math.sin(now / 300)));
    return true;
  }
}

function add(weights: Float32Array, viseme: Viseme, weight: number): void {
  const index = VISEMES.indexOf(viseme);
  weights[index] = (weights[index] ?? 0) + weight;
}
