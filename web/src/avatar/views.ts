/**
 * The kinds of face, each a chunk of its own that is loaded when it is first wanted.
 *
 * Owns what is loaded. React remembers a loading that failed for as long as it has the component, so what is to be tried
 * again is loaded as a component of its own.
 */
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';

import type { FaceViewProps } from './face-view.ts';

export type FaceView = LazyExoticComponent<ComponentType<FaceViewProps>>;

export interface FaceViews {
  readonly head: FaceView;
  readonly vrm: FaceView;
  readonly flat: FaceView;
}

/** Loads nothing yet. */
export function createViews(): FaceViews {
  return {
    head: lazy(() => import('./head/head-face.tsx')),
    vrm: lazy(() => import('./vrm/vrm-face.tsx')),
    flat: lazy(() => import('./flat/flat-face.tsx')),
  };
}
