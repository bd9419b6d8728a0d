/**
 * The face of a conversation: chooses its kind, and lets a drawn one stand in when a sculpted one cannot be shown.
 *
 * Owns which kind is shown, and the trying again of one that failed. Nothing here is done again while a face moves.
 */
import { Suspense, useCallback, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';

import type { FaceFeed } from './feed.ts';
import type { FaceViewProps, FaceWatch } from './face-view.ts';
import type { Look } from './looks.ts';
import type { FaceError, FaceProblemCode } from './problems.ts';
import { FaceStage } from './stage/face-stage.tsx';
import { useIsCalm, useIsDark } from './use-face-settings.ts';
import type { FaceTheme } from './use-face-settings.ts';
import { ViewBoundary } from './view-boundary.tsx';
import { createViews } from './views.ts';
import type { FaceViews } from './views.ts';
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

/** Failures that may be over by now. */
const PASSING: ReadonlySet<FaceProblemCode> = new Set(['webgl_lost', 'drawing_failed', 'not_loaded']);

interface Attempt {
  readonly number: number;
  readonly views: FaceViews;
}

export function Face(props: FaceProps): ReactNode {
  const avatar = useSyncExternalStore(subscribeToOwnAvatar, ownAvatarRevision);
  const [{ number, views }, setAttempt] = useState<Attempt>(() => ({ number: 0, views: createViews() }));
  const onAgain = useCallback(() => {
    setAttempt((attempt) => ({ number: attempt.number + 1, views: createViews() }));
  }, []);
  if (props.kind === 'none') return null;
  // What is chosen anew is tried anew, a file of the user's own too.
  const wish = props.kind === 'vrm' ? `vrm ${String(avatar)}` : props.kind;
  const key = `${wish} ${String(number)}`;
  return <ShownFace key={key} {...props} kind={props.kind} views={views} onAgain={onAgain} />;
}

type ShownKind = Exclude<FaceKind, 'none'>;

interface ShownFaceProps extends FaceProps {
  readonly kind: ShownKind;
  readonly views: FaceViews;
  readonly onAgain: () => void;
}

function ShownFace({
  kind,
  feed,
  look,
  theme,
  isCalm: isAskedCalm = false,
  onError,
  watch,
  views,
  onAgain,
}: ShownFaceProps): ReactNode {
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
  const View = views[problem === null ? kind : 'flat'];
  const mayBeOver = problem !== null && PASSING.has(problem);
  return (
    <FaceStage isDark={isDark} isLoading={!isReady} problem={problem} onAgain={mayBeOver ? onAgain : null}>
      <ViewBoundary key={String(problem)} onFail={onFail}>
        <Suspense fallback={null}>
          <View {...view} />
        </Suspense>
      </ViewBoundary>
    </FaceStage>
  );
}
