/**
 * A bench to look at faces on: counts their frames, and holds them in any pose.
 *
 * Owns what a test or a measurement may read and set from outside the page. Not part of what visitors load.
 */
import type { FaceWatch } from '../face-view.ts';
import type { FaceProblemCode } from '../problems.ts';
import { AT, POSE_SIZE } from '../motion/index.ts';
import type { Channel, Pose } from '../motion/index.ts';
import type { ScriptedFeed } from './scripted-feed.ts';

export class Workbench implements FaceWatch {
  readonly feed: ScriptedFeed;
  /** Pictures drawn so far. */
  frames = 0;
  isRunning = false;
  /** Why another face than the wished one is shown. */
  readonly problems: FaceProblemCode[] = [];
  /** The last pose drawn. */
  readonly pose: Pose = new Float32Array(POSE_SIZE);
  readonly #held = new Map<number, number>();
  /** A pose is held. */
  isComparing = false;

  constructor(feed: ScriptedFeed) {
    this.feed = feed;
  }

  /** One part of the last pose. */
  read(channel: Channel): number {
    return this.pose[AT[channel]] ?? 0;
  }

  /** Draws this pose and no other from now on; null lets the face live again. */
  hold(channels: Partial<Record<Channel, number>> | null): void {
    this.isComparing = channels !== null;
    this.#held.clear();
    for (const [name, value] of Object.entries(channels ?? {})) this.#held.set(AT[name as Channel], value);
  }

  frame(pose: Pose): void {
    this.frames += 1;
    if (this.isComparing) {
      pose.fill(0);
      this.#held.forEach((value, index) => {
        pose[index] = value;
      });
    }
    this.pose.set(pose);
  }

  running(isRunning: boolean): void {
    this.isRunning = isRunning;
  }
}
