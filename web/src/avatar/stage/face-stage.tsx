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
  readonly children: ReactNode;
}

export function FaceStage({ isDark, isLoading, problem, children }: FaceStageProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div
      className="face-stage"
      role="img"
      aria-label={t('face.label')}
      data-ground={isDark ? 'dark' : 'light'}
      data-loading={isLoading}
      data-testid="face"
    >
      {isLoading && <span className="face-shape" aria-hidden="true" />}
      {children}
      {problem !== null && <p className="face-note">{t(`face.problem.${problem}`)}</p>}
    </div>
  );
}
