/** Asks before something is lost, and says what. */
import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface QuestionProps {
  readonly text: string;
  readonly yes: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

export function Question({ text, yes, onYes, onNo }: QuestionProps): ReactNode {
  const { t } = useTranslation();
  const words = useId();
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Whoever presses Enter without reading loses nothing.
    no.current?.focus();
  }, []);
  return (
    <div
      className="archive-question"
      role="alertdialog"
      aria-describedby={words}
      aria-label={yes}
      data-testid="question"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onNo();
      }}
    >
      <p id={words}>{text}</p>
      <div className="archive-actions">
        <button
          type="button"
          className="archive-button"
          data-kind="danger"
          data-testid="question-yes"
          onClick={onYes}
        >
          {yes}
        </button>
        <button type="button" className="archive-button" data-testid="question-no" ref={no} onClick={onNo}>
          {t('archive.keep')}
        </button>
      </div>
    </div>
  );
}
