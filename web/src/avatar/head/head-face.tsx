/**
 * The sculpted face: its canvas, its camera, and one update a frame.
 *
 * Owns the drawing context through @react-three/fiber, and the frame loop. Nothing of React runs while the face moves.
 */
import { use, useEffect, useMemo } from 'react';
import type { ReactNode } from 'react';
import { Canvas, useThree } from '@react-three/fiber';
import { PerspectiveCamera } from 'three';

import type { FaceViewProps } from '../face-view.ts';
import { FrameLoop } from '../frame-loop.ts';
import { Animator, createMouth, shapeMouth } from '../motion/index.ts';
import { FaceError } from '../problems.ts';
import { Figure } from './figure.ts';
import { geometriesOf } from './geometry.ts';
import type { Geometries } from './geometry.ts';
import { graphicsOf } from './graphics.ts';
import type { Graphics } from './graphics.ts';
import { Pace } from './pace.ts';
import { sculptureOf } from './sculpt/sculpture.ts';

const CAMERA = { fov: 24, near: 1, far: 20, position: [0, -0.2, 8] as [number, number, number] };

export default function HeadFace(props: FaceViewProps): ReactNode {
  const graphics = graphicsOf();
  if (graphics === null) throw new FaceError('webgl_missing');
  const sculpture = use(sculptureOf(props.look.hairStyle));
  const geometries = useMemo(() => geometriesOf(sculpture), [sculpture]);
  return (
    <Canvas
      className="face-canvas"
      aria-hidden="true"
      data-face="head"
      frameloop="never"
      flat
      camera={CAMERA}
      dpr={1}
      gl={{ antialias: true, alpha: true, powerPreference: 'low-power' }}
    >
      <Stage {...props} geometries={geometries} graphics={graphics} />
    </Canvas>
  );
}

interface StageProps extends FaceViewProps {
  readonly geometries: Geometries;
  readonly graphics: Graphics;
}

function Stage({ geometries, graphics, ...view }: StageProps): ReactNode {
  const { feed, look, isDark, isCalm, onReady, onFail, watch } = view;
  const { gl, advance, setDpr, camera, size } = useThree();
  const figure = useMemo(() => new Figure(geometries, look, isDark), [geometries, look, isDark]);
  useEffect(
    () => () => {
      figure.dispose();
    },
    [figure],
  );
  useEffect(() => {
    if (camera instanceof PerspectiveCamera) frameHead(camera, size.width / size.height);
  }, [camera, size]);
  useEffect(() => {
    const canvas = gl.domElement;
    const pace = new Pace({ isSoftware: graphics.isSoftware, deviceRatio: devicePixelRatio });
    setDpr(pace.ratio);
    const animator = new Animator({ seed: look.seed, now: performance.now() / 1000 });
    animator.isCalm = isCalm;
    const mouth = createMouth();
    const loop = new FrameLoop({
      element: canvas,
      intervalMs: () => pace.intervalMs,
      onFrame: (now) => {
        animator.update(now, feed);
        watch?.frame(animator.pose, now);
        shapeMouth(animator.pose, mouth);
        figure.apply(animator.pose, mouth);
        advance(now, true);
        if (pace.frame(now * 1000)) setDpr(pace.ratio);
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
  }, [gl, advance, setDpr, graphics, figure, look, isCalm, feed, watch, onReady, onFail]);
  return <primitive object={figure.root} />;
}

/** What is to be seen: half of its height and of its width, around the camera's height. */
const HALF_HEIGHT = 1.66;
const HALF_WIDTH = 1.36;

function frameHead(camera: PerspectiveCamera, aspect: number): void {
  const half = Math.max(HALF_HEIGHT, HALF_WIDTH / aspect);
  camera.position.set(0, HALF_HEIGHT - half - 0.16, half / Math.tan((CAMERA.fov / 2) * (Math.PI / 180)));
  camera.lookAt(0, camera.position.y, 0);
  camera.updateProjectionMatrix();
}
