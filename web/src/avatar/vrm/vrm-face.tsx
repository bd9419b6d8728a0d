/**
 * The user's own avatar on the stage.
 *
 * Owns its loading and its freeing, its lights, and one update a frame.
 */
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Canvas, useThree } from '@react-three/fiber';
import type { PerspectiveCamera } from 'three';

import type { FaceViewProps } from '../face-view.ts';
import { graphicsOf } from '../head/graphics.ts';
import { useFigureFrames } from '../head/use-figure-frames.ts';
import { FaceError } from '../problems.ts';
import { freeVrm, loadVrm } from './load-vrm.ts';
import { ownAvatar } from './own-avatar.ts';
import { VrmFigure } from './vrm-figure.ts';
import type { HeadPlace } from './vrm-figure.ts';

const CAMERA = { fov: 22, near: 0.1, far: 10 };
/** What is shown, of the head's height: half of the picture's height and width, and how far its middle is above the neck. */
const HALF_HEIGHT = 1;
const HALF_WIDTH = 0.85;
const ABOVE_JOINT = 0.2;
/** An avatar's depth is far less than this many times its distance. */
const DEPTH = 4;

export default function VrmFace(props: FaceViewProps): ReactNode {
  const graphics = graphicsOf();
  if (graphics === null) throw new FaceError('webgl_missing');
  const figure = useOwnFigure(props.onFail);
  if (figure === null) return null;
  return (
    <Canvas
      className="face-canvas"
      aria-hidden="true"
      data-face="vrm"
      frameloop="never"
      flat
      camera={CAMERA}
      dpr={1}
      gl={{ antialias: !graphics.isSoftware, alpha: true, powerPreference: 'low-power' }}
    >
      <ambientLight intensity={props.isDark ? 0.9 : 1.3} />
      <directionalLight position={[-1, 1.6, 2]} intensity={1.9} color="#fff1dc" />
      <directionalLight position={[2, 0.4, 1]} intensity={0.5} color="#dfe9ff" />
      <directionalLight position={[1.4, 1, -2]} intensity={1.2} color="#cfe6ff" />
      <Stage {...props} figure={figure} isSoftware={graphics.isSoftware} />
    </Canvas>
  );
}

interface StageProps extends FaceViewProps {
  readonly figure: VrmFigure;
  readonly isSoftware: boolean;
}

function Stage({ figure, isSoftware, ...view }: StageProps): ReactNode {
  const { camera, size } = useThree();
  useEffect(() => {
    frameHead(camera as PerspectiveCamera, figure.head(), size.width / size.height);
  }, [camera, size, figure]);
  useFigureFrames(figure, isSoftware, view);
  return <primitive object={figure.vrm.scene} />;
}

/** Loads what is kept, and frees it with the component. */
function useOwnFigure(onFail: FaceViewProps['onFail']): VrmFigure | null {
  const [figure, setFigure] = useState<VrmFigure | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    let loaded: VrmFigure | null = null;
    const load = async (): Promise<void> => {
      try {
        const kept = await ownAvatar();
        if (kept === null) throw new FaceError('vrm_missing');
        const vrm = await loadVrm(kept.bytes);
        if (leaving.signal.aborted) {
          freeVrm(vrm);
          return;
        }
        loaded = new VrmFigure(vrm);
        setFigure(loaded);
      } catch (error) {
        if (leaving.signal.aborted) return;
        onFail(error instanceof FaceError ? error : new FaceError('vrm_unreadable', error));
      }
    };
    void load();
    return () => {
      leaving.abort();
      if (loaded !== null) freeVrm(loaded.vrm);
    };
  }, [onFail]);
  return figure;
}

function frameHead(camera: PerspectiveCamera, { joint, height }: HeadPlace, aspect: number): void {
  const half = height * Math.max(HALF_HEIGHT, HALF_WIDTH / aspect);
  const away = half / Math.tan((CAMERA.fov / 2) * (Math.PI / 180));
  const middle = joint.y + ABOVE_JOINT * height;
  camera.position.set(joint.x, middle, joint.z + away);
  camera.far = DEPTH * away;
  camera.lookAt(joint.x, middle, joint.z);
  camera.updateProjectionMatrix();
}
