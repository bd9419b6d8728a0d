/**
 * The face of a conversation: chooses its kind, and lets a drawn one stand in when a sculpted one cannot be shown.
 *
 * Owns which kind is shown. Each kind is a chunk of its own, loaded when it is first wanted; nothing here is done again
 * while a face moves.
 */
import { lazy, Suspense, useCallback, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';

import type { FaceFeed } from './feed.ts';
import type { FaceViewProps, FaceWatch } from './face-view.ts';
import type { Look } from './looks.ts';
import type { FaceError, FaceProblemCode } from './problems.ts';
import { FaceStage } from './stage/face-stage.tsx';
import { useIsCalm, useIsDark } from './use-face-settings.ts';
import type { FaceTheme } from './use-face-settings.ts';
import { ViewBoundary } from './view-boundary.tsx';
import { ownAvatarRevision, subscribeToOwnAvatar } from './vrm/own-avatar.ts';

export const FACE_KINDS = ['head', 'vrm', 'flat', 'none'] as const;
export type FaceKind = (typeof FACE_KINDS)[number];

export interface FaceProps {
  readonly kind: FaceKind;
  /** The same object from one rendering to the next: a new one is a new face. */
  readonly feed: FaceFeed;
  readonly look: Look;
  readonly theme: FaceTheme;
  /** Whether the user asked this page for less movement; the system may ask for it as well. */
  readonly isCalm?: boolean;
  /** Tells why another face than the wished one is shown; the stage says it too. */
  readonly onError?: (error: FaceError) => void;
  /** For tests and measurements: looks on while the face is drawn. */
  readonly watch?: FaceWatch;
}

const HeadFace = lazy(() => import('./head/head-face.tsx'));
const VrmFace = lazy(() => import('./vrm/vrm-face.tsx'));
const FlatFace = lazy(() => import('./flat/flat-face.tsx'));

export function Face(props: FaceProps): ReactNode {
  const avatar = useSyncExternalStore(subscribeToOwnAvatar, ownAvatarRevision);
  // What is chosen anew is tried anew, a file of the user's own too.
  const key = props.kind === 'vrm' ? `vrm ${avatar}` : props.kind;
  return props.kind === 'none' ? null : <ShownFace key={key} {...props} />;
}

function ShownFace({
  kind,
  feed,
  look,
  theme,
  isCalm: isAskedCalm = false,
  onError,
  watch,
}: FaceProps): ReactNode {
  const isCalm = useIsCalm() || isAskedCalm;
  const isDark = useIsDark(theme);
  const [isReady, setIsReady] = useState(false);
  const [problem, setProblem] = useState<FaceProblemCode | null>(null);
  const onReady = useCallback(() => {
    setIsReady(true);
  }, []);
  const onFail = useCallback(
    (error: FaceError) => {
      setProblem(error.code);
      onError?.(error);
    },
    [onError],
  );
  const view: FaceViewProps = { feed, look, isCalm, isDark, onReady, onFail, watch };
  return (
    <FaceStage isDark={isDark} isLoading={!isReady} problem={problem}>
      <ViewBoundary key={String(problem)} onFail={onFail}>
        <Suspense fallback={null}>
          <View kind={problem === null ? kind : 'flat'} {...view} />
        </Suspense>
      </ViewBoundary>
    </FaceStage>
  );
}

function View({ kind, ...view }: FaceViewProps & { readonly kind: FaceKind }): ReactNode {
  switch (kind) {
    case 'head':
      return <HeadFace {...view} />;
    case 'vrm':
      return <VrmFace {...view} />;
    case 'flat':
      return <FlatFace {...view} />;
    case 'none':
      return null;
  }
}
