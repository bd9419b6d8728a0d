import { describe, expect, it } from 'vitest';

import { VISEMES } from '../feed.ts';
import type { FaceAction, FaceFeed, Mood } from '../feed.ts';
import { actionOf, ActionPlayer } from './actions.ts';
import { Animator } from './animator.ts';
import { Blinking, closure } from './blinking.ts';
import { ExpressionBlend } from './expressions.ts';
import { Gaze } from './gaze.ts';
import { breathAt } from './idling.ts';
import { at, createPose, POSE_SIZE } from './pose.ts';
import type { Channel } from './pose.ts';
import { seededRandom } from './random.ts';

const FRAME = 1 / 60;

class Feed implements FaceFeed {
  mood: Mood = 'idle';
  expression: string | null = null;
  action: FaceAction | null = null;
  viseme: number | null = null;
  level = 0;
  readVisemes(weights: Float32Array<ArrayBuffer>): boolean {
    if (this.viseme === null) return false;
    weights.fill(0);
    weights[this.viseme] = 1;
    return true;
  }
  readReply(out: Float32Array<ArrayBuffer>): boolean {
    for (let index = 0; index < out.length; index += 1) out[index] = this.level * Math.sin(index * 0.1);
    return this.level > 0;
  }
}

/** Lives from `from` for `seconds`; the greatest size of a channel on the way. */
function live(
  animator: Animator,
  feed: Feed,
  [from, seconds]: readonly [number, number],
  channel: Channel,
): number {
  let most = 0;
  for (let now = from; now < from + seconds; now += FRAME) {
    animator.update(now, feed);
    most = Math.max(most, Math.abs(at(animator.pose, channel)));
  }
  return most;
}

describe('blinking', () => {
  it('should shut and open the eye within a third of a second', () => {
    expect(closure(0)).toBe(0);
    expect(Math.max(...Array.from({ length: 40 }, (_, index) => closure(index * 0.01)))).toBe(1);
    expect(closure(0.33)).toBe(0);
  });

  it('should come ten to forty times a minute, and never at the same pace', () => {
    const blinking = new Blinking(seededRandom(3), 0);
    const pose = createPose();
    const starts: number[] = [];
    let isShut = false;
    for (let now = 0; now < 60; now += FRAME) {
      blinking.apply(pose, now);
      const shut = at(pose, 'blinkLeft') > 0.5;
      if (shut && !isShut) starts.push(now);
      isShut = shut;
    }
    expect(starts.length).toBeGreaterThan(10);
    expect(starts.length).toBeLessThan(40);
    const gaps = starts.slice(1).map((start, index) => Math.round((start - (starts[index] ?? 0)) * 10));
    expect(new Set(gaps).size).toBeGreaterThan(5);
  });
});

describe('gaze', () => {
  const rest = (mood: Mood): { readonly onUser: number; readonly up: number } => {
    const gaze = new Gaze(seededRandom(11), 0);
    let [onUser, up, frames] = [0, 0, 0];
    for (let now = 0; now < 120; now += FRAME) {
      const pose = createPose();
      gaze.apply(pose, mood, now, FRAME);
      frames += 1;
      if (Math.hypot(at(pose, 'gazeX'), at(pose, 'gazeY')) < 0.12) onUser += 1;
      up += at(pose, 'gazeY');
    }
    return { onUser: onUser / frames, up: up / frames };
  };

  it('should rest on the user while listening, and go away and up while thinking', () => {
    const [listening, thinking] = [rest('listening'), rest('thinking')];
    expect(listening.onUser).toBeGreaterThan(0.75);
    expect(thinking.onUser).toBeLessThan(0.3);
    expect(thinking.up).toBeGreaterThan(0.15);
  });
});

describe('expressions', () => {
  it('should blend from one into the next without a jump', () => {
    const blend = new ExpressionBlend();
    let before = 0;
    let fastest = 0;
    for (let frame = 0; frame < 240; frame += 1) {
      const pose = createPose();
      blend.apply(pose, frame < 120 ? 'joy' : 'sadness', 1, FRAME);
      const corners = at(pose, 'smile') - at(pose, 'frown');
      if (frame > 0) fastest = Math.max(fastest, Math.abs(corners - before));
      before = corners;
      if (frame === 110) expect(at(pose, 'joy')).toBeGreaterThan(0.95);
    }
    expect(before).toBeLessThan(-0.6);
    expect(fastest).toBeLessThan(0.15);
  });
});

describe('actions', () => {
  it('should begin and end where the face was', () => {
    for (const name of ['nod', 'shake', 'think', 'wave'] as const) {
      for (const { channel, samples } of actionOf(name).curves) {
        expect([name, channel, Math.abs(samples[0] ?? 1)]).toEqual([name, channel, expect.closeTo(0, 2)]);
        expect(Math.abs(samples.at(-1) ?? 1)).toBeLessThan(0.02);
      }
    }
  });

  it('should work curves out once for all faces', () => {
    expect(actionOf('nod')).toBe(actionOf('nod'));
  });

  it('should hand over to the next without a jump', () => {
    const player = new ActionPlayer();
    player.play('wave', 0);
    let before = 0;
    let fastest = 0;
    for (let now = 0; now < 4; now += FRAME) {
      if (Math.abs(now - 1) < FRAME / 2) player.play('nod', now);
      const pose = createPose();
      player.apply(pose, now);
      fastest = Math.max(fastest, Math.abs(at(pose, 'wave') - before));
      before = at(pose, 'wave');
    }
    expect(before).toBe(0);
    expect(fastest).toBeLessThan(0.12);
  });
});

describe('breath', () => {
  it('should go in and out without a corner, and come back', () => {
    expect(breathAt(0)).toBe(0);
    expect(breathAt(1.6)).toBeCloseTo(1);
    expect(breathAt(4)).toBeCloseTo(0);
  });
});

describe('the animator', () => {
  const animate = (): Animator => new Animator({ seed: 5, now: 0 });

  it('should do the same again with the same seed and the same times', () => {
    const [one, two] = [animate(), animate()];
    const feed = new Feed();
    feed.mood = 'speaking';
    feed.level = 0.1;
    live(one, feed, [0, 20], 'headYaw');
    live(two, feed, [0, 20], 'headYaw');
    expect([...one.pose]).toEqual([...two.pose]);
  });

  it('should never give anything but numbers a face can show', () => {
    const animator = animate();
    const feed = new Feed();
    const moods: Mood[] = ['idle', 'listening', 'thinking', 'speaking', 'error'];
    for (let now = 0; now < 60; now += FRAME) {
      feed.mood = moods[Math.floor(now / 3) % moods.length] ?? 'idle';
      feed.expression = now % 7 < 3 ? 'joy' : null;
      animator.update(now, feed);
      expect(animator.pose.every((value) => Math.abs(value) <= 1.21)).toBe(true);
    }
    expect(animator.pose).toHaveLength(POSE_SIZE);
  });

  it('should wave when a conversation begins, and not when one goes on', () => {
    const animator = animate();
    const feed = new Feed();
    live(animator, feed, [0, 1], 'wave');
    feed.mood = 'listening';
    expect(live(animator, feed, [1, 2.5], 'wave')).toBeGreaterThan(0.95);
    feed.mood = 'speaking';
    live(animator, feed, [3.5, 1], 'wave');
    feed.mood = 'listening';
    expect(live(animator, feed, [4.5, 3], 'wave')).toBe(0);
  });

  it('should nod now and then while it listens', () => {
    const animator = animate();
    const feed = new Feed();
    feed.mood = 'listening';
    live(animator, feed, [0, 3], 'headPitch');
    expect(live(animator, feed, [3, 20], 'headPitch')).toBeGreaterThan(0.06);
  });

  it('should act what the reply asks for once, and nothing from before it came', () => {
    const animator = animate();
    const feed = new Feed();
    feed.mood = 'speaking';
    feed.action = { name: 'wave', count: 4 };
    // The first moment is the beginning of a conversation neither: it is greeted only after a pause.
    expect(live(animator, feed, [0, 1], 'wave')).toBe(0);
    feed.action = { name: 'wave', count: 5 };
    expect(live(animator, feed, [1, 3], 'wave')).toBeGreaterThan(0.95);
    expect(live(animator, feed, [4, 3], 'wave')).toBe(0);
  });

  it('should follow the timeline of mouths within a few frames', () => {
    const animator = animate();
    const feed = new Feed();
    feed.mood = 'speaking';
    feed.viseme = VISEMES.indexOf('O');
    for (let frame = 0; frame < 4; frame += 1) animator.update(frame * FRAME, feed);
    expect(at(animator.pose, 'O')).toBeGreaterThan(0.9);
  });

  it('should keep still but for lips, lids and slow expressions where less movement is wished', () => {
    const animator = animate();
    animator.isCalm = true;
    const feed = new Feed();
    feed.mood = 'speaking';
    feed.viseme = VISEMES.indexOf('aa');
    feed.action = { name: 'wave', count: 1 };
    expect(live(animator, feed, [0, 12], 'headYaw')).toBe(0);
    expect(live(animator, feed, [12, 4], 'wave')).toBe(0);
    expect(at(animator.pose, 'aa')).toBeGreaterThan(0.9);
    expect(live(animator, feed, [16, 12], 'blinkLeft')).toBeGreaterThan(0.5);
  });

  it('should not make up for a time when nothing was drawn', () => {
    const animator = animate();
    const feed = new Feed();
    live(animator, feed, [0, 2], 'headYaw');
    feed.expression = 'joy';
    animator.update(600, feed);
    expect(at(animator.pose, 'joy')).toBeLessThan(0.6);
  });
});
