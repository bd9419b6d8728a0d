/**
 * The sculpted face: its canvas and its camera.
 *
 * Owns the drawing context through @react-three/fiber, and the camera.
 */
import { use, useEffect, useMemo } from 'react';
import type { ReactNode } from 'react';
import { Canvas, useThree } from '@react-three/fiber';
import { PerspectiveCamera } from 'three';

import type { FaceViewProps } from '../face-view.ts';
import { FaceError } from '../problems.ts';
import { Figure } from './figure.ts';
import { geometriesOf } from './geometry.ts';
import type { Geometries } from './geometry.ts';
import { graphicsOf } from './graphics.ts';
import type { Graphics } from './graphics.ts';
import { sculptureOf } from './sculpt/sculpture.ts';
import { useFigureFrames } from './use-figure-frames.ts';

const CAMERA = { fov: 24, near: 1, far: 20, position: [0, -0.2, 8] as [number, number, number] };

export default function HeadFace(props: FaceViewProps): ReactNode {
  const graphics = graphicsOf();
  if (graphics === null) throw new FaceError('webgl_missing');
  const sculpture = use(sculptureOf(props.look.hairStyle, graphics.isSoftware ? 'light' : 'fine'));
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
      gl={{ antialias: !graphics.isSoftware, alpha: true, powerPreference: 'low-power' }}
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
  const { look, isDark } = view;
  const { camera, size } = useThree();
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
  useFigureFrames(figure, graphics.isSoftware, view);
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
