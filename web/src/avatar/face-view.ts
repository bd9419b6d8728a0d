/** What every kind of face is given. */
import type { FaceFeed } from './feed.ts';
import type { Look } from './looks.ts';
import type { Pose } from './motion/index.ts';
import type { FaceError } from './problems.ts';

/** Looks on while a face is drawn: tests and measurements do. */
export interface FaceWatch {
  /** Before each drawing; the array is the face's own, and what is written into it is drawn. */
  frame(pose: Pose, now: number): void;
  running(isRunning: boolean): void;
  /** Whether pictures are being compared with each other: they stay as fine as they are, however slow the machine. */
  readonly isComparing: boolean;
}

export interface FaceViewProps {
  readonly feed: FaceFeed;
  readonly look: Look;
  readonly isDark: boolean;
  readonly isCalm: boolean;
  readonly onReady: () => void;
  readonly onFail: (error: FaceError) => void;
  readonly watch: FaceWatch | undefined;
}
