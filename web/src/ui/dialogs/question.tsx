/** Asks before something is lost, and says what. */
import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Modal } from './modal.tsx';
import './question.css';

export interface Asked {
  /** What is lost. */
  readonly text: string;
  /** What it is called to do it. */
  readonly yes: string;
  /** Whether something is gone for good. */
  readonly isDangerous?: boolean;
}

interface QuestionProps extends Asked {
  readonly onYes: () => void;
  readonly onNo: () => void;
}

export function Question({ text, yes, isDangerous = true, onYes, onNo }: QuestionProps): ReactNode {
  const { t } = useTranslation();
  const words = useId();
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Whoever presses Enter without reading loses nothing.
    no.current?.focus();
  }, []);
  return (
    <Modal className="question" testId="question" role="alertdialog" labelledBy={words} onClose={onNo}>
      <p id={words}>{text}</p>
      <div className="question-answers">
        <button type="button" className="question-no" data-testid="question-no" ref={no} onClick={onNo}>
          {t('question.no')}
        </button>
        <button
          type="button"
          className="question-yes"
          data-dangerous={isDangerous}
          data-testid="question-yes"
          onClick={onYes}
        >
          {yes}
        </button>
      </div>
    </Modal>
  );
}
