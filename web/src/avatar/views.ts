/**
 * The kinds of face, each a chunk of its own that is loaded when it is first wanted.
 *
 * Owns what is loaded, and the error of what does not arrive. React remembers a loading that failed for as long as it has
 * the component, so what is tried again is a component of its own.
 */
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';

import { loadPart } from '../shell/index.ts';
import type { FaceViewProps } from './face-view.ts';
import { FaceError } from './problems.ts';

type FaceView = ComponentType<FaceViewProps>;
type Chunk = Promise<{ readonly default: FaceView }>;

export interface FaceViews {
  readonly head: LazyExoticComponent<FaceView>;
  readonly vrm: LazyExoticComponent<FaceView>;
  readonly flat: LazyExoticComponent<FaceView>;
}

/** Loads nothing yet. */
export function createViews(): FaceViews {
  return {
    head: loaded(() => import('./head/head-face.tsx')),
    vrm: loaded(() => import('./vrm/vrm-face.tsx')),
    flat: loaded(() => import('./flat/flat-face.tsx')),
  };
}

function loaded(load: () => Chunk): LazyExoticComponent<FaceView> {
  return lazy(async () => {
    try {
      return await loadPart(load);
    } catch (error) {
      throw new FaceError('not_loaded', error);
    }
  });
}
