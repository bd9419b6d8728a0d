/**
 * Has a figure live on a @react-three/fiber canvas: one pose and one drawing a frame, at the machine's pace.
 *
 * Owns the frame loop of 3D faces, and tells when the graphics card lets go of them. Nothing of React runs in a frame.
 */
import { useEffect, useRef } from 'react';
import { useThree } from '@react-three/fiber';

import type { FaceViewProps } from '../face-view.ts';
import { FrameLoop } from '../frame-loop.ts';
import { Animator } from '../motion/index.ts';
import type { Pose } from '../motion/index.ts';
import { FaceError } from '../problems.ts';
import { Pace } from './pace.ts';

export interface MovedByPose {
  /** Takes on the pose, `seconds` after the one before. */
  apply(pose: Pose, seconds: number): void;
}

const LONGEST_STEP_SECONDS = 0.1;

interface Life {
  readonly seed: number;
  readonly animator: Animator;
}

function bornNow(seed: number): Life {
  return { seed, animator: new Animator({ seed, now: performance.now() / 1000 }) };
}

export function useFigureFrames(
  figure: MovedByPose,
  isSoftware: boolean,
  { feed, look, isCalm, onReady, onFail, watch }: FaceViewProps,
): void {
  const { gl, advance, setDpr } = useThree();
  const lifeRef = useRef<Life | null>(null);
  useEffect(() => {
    const canvas = gl.domElement;
    const pace = new Pace({ isSoftware, deviceRatio: devicePixelRatio });
    setDpr(pace.ratio);
    // A change of light or of detail is no reason to be born anew.
    const life = lifeRef.current?.seed === look.seed ? lifeRef.current : bornNow(look.seed);
    lifeRef.current = life;
    const { animator } = life;
    animator.isCalm = isCalm;
    let drawnAt = performance.now() / 1000;
    const loop = new FrameLoop({
      element: canvas,
      intervalMs: () => pace.intervalMs,
      onFrame: (now) => {
        pace.isWaitedFor = feed.mood === 'thinking';
        animator.update(now, feed);
        watch?.frame(animator.pose, now);
        figure.apply(animator.pose, Math.min(now - drawnAt, LONGEST_STEP_SECONDS));
        drawnAt = now;
        advance(now, true);
        if (watch?.isComparing !== true && pace.frame(now * 1000)) setDpr(pace.ratio);
      },
      onRunning: (isRunning) => {
        watch?.running(isRunning);
      },
    });
    const onLost = (event: Event): void => {
      event.preventDefault();
      onFail(new FaceError('webgl_lost'));
    };
    canvas.addEventListener('webglcontextlost', onLost);
    onReady();
    return () => {
      canvas.removeEventListener('webglcontextlost', onLost);
      loop.close();
    };
  }, [gl, advance, setDpr, figure, isSoftware, feed, look, isCalm, onReady, onFail, watch]);
}
