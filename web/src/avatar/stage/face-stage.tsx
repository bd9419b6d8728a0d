/**
 * The stage: the ground a face stands on, what stands there until it comes, and what is said when it cannot.
 */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { FaceProblemCode } from '../problems.ts';
import './stage.css';

interface FaceStageProps {
  readonly isDark: boolean;
  readonly isLoading: boolean;
  readonly problem: FaceProblemCode | null;
  /** Tries the wished face again; null where that would not help. */
  readonly onAgain: (() => void) | null;
  readonly children: ReactNode;
}

export function FaceStage({ isDark, isLoading, problem, onAgain, children }: FaceStageProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div
      className="face-stage"
      data-ground={isDark ? 'dark' : 'light'}
      data-loading={isLoading}
      data-testid="face"
    >
      {/* Nothing within a picture is read out or reached, so that what is said of it stands beside it. */}
      <div className="face-picture" role="img" aria-label={t('face.label')}>
        {isLoading && <span className="face-shape" aria-hidden="true" />}
        {children}
      </div>
      {problem !== null && (
        <div className="face-note" role="status">
          <p>{t(`face.problem.${problem}`)}</p>
          {onAgain !== null && (
            <button type="button" onClick={onAgain}>
              {t('face.again')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
