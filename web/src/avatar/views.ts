/**
 * The kinds of face, each a chunk of its own that is loaded when it is first wanted.
 *
 * Owns what is loaded, and the error of what does not arrive. Browsers remember a file that did not until the page is
 * loaded anew, so nothing is tried again here.
 */
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';

import type { FaceViewProps } from './face-view.ts';
import { FaceError } from './problems.ts';

type FaceView = ComponentType<FaceViewProps>;
type Chunk = Promise<{ readonly default: FaceView }>;

function loaded(load: () => Chunk): LazyExoticComponent<FaceView> {
  return lazy(async () => {
    try {
      return await load();
    } catch (error) {
      throw new FaceError('not_loaded', error);
    }
  });
}

export const VIEWS: Readonly<Record<'head' | 'vrm' | 'flat', LazyExoticComponent<FaceView>>> = {
  head: loaded(() => import('./head/head-face.tsx')),
  vrm: loaded(() => import('./vrm/vrm-face.tsx')),
  flat: loaded(() => import('./flat/flat-face.tsx')),
};
