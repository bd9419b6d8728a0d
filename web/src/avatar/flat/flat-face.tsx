/**
 * The drawn face: the light alternative, and what stands in where there is no WebGL.
 *
 * Owns a canvas and its size. The same animator moves it as moves the sculpted head.
 */
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';

import { FrameLoop } from '../frame-loop.ts';
import { Animator, createMouth, shapeMouth } from '../motion/index.ts';
import type { FaceViewProps } from '../face-view.ts';
import { FlatPainter } from './painter.ts';

/** Thirty pictures a second are enough for a drawing, at half the cost. */
const INTERVAL_MS = 1000 / 30;
const SHARPEST = 2;

export default function FlatFace({ feed, look, isCalm, isDark, onReady, watch }: FaceViewProps): ReactNode {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas?.getContext('2d') ?? null;
    if (canvas === null || context === null) return undefined;
    const animator = new Animator({ seed: look.seed, now: performance.now() / 1000 });
    animator.isCalm = isCalm;
    const mouth = createMouth();
    const painter = new FlatPainter(context, look, isDark);
    const resize = new ResizeObserver(() => {
      const ratio = Math.min(devicePixelRatio, SHARPEST);
      canvas.width = Math.max(1, Math.round(canvas.clientWidth * ratio));
      canvas.height = Math.max(1, Math.round(canvas.clientHeight * ratio));
      painter.resize(canvas.width, canvas.height);
    });
    resize.observe(canvas);
    const loop = new FrameLoop({
      element: canvas,
      intervalMs: () => INTERVAL_MS,
      onFrame: (now) => {
        animator.update(now, feed);
        watch?.frame(animator.pose, now);
        shapeMouth(animator.pose, mouth);
        painter.paint(animator.pose, mouth);
      },
      onRunning: (isRunning) => {
        watch?.running(isRunning);
      },
    });
    onReady();
    return () => {
      loop.close();
      resize.disconnect();
    };
  }, [feed, look, isCalm, isDark, onReady, watch]);
  return <canvas ref={canvasRef} className="face-canvas" aria-hidden="true" data-face="flat" />;
}
