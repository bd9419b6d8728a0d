/** The words of one utterance, wherever they are shown: those heard, and those that were not. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { captionOf } from '../state/index.ts';
import type { Utterance } from '../state/index.ts';

/** The words that were heard, and those that were not. */
export function UtteranceWords({ utterance }: { readonly utterance: Utterance }): ReactNode {
  const { t } = useTranslation();
  const { heard, unheard } = captionOf(utterance);
  if (heard === '' && unheard === '') return utterance.status === 'live' ? <Dots /> : null;
  return (
    <>
      <span className="stable">{heard}</span>
      {unheard !== '' && (
        <>
          {spaceBefore(unheard)}
          <del className="unheard" data-testid="unheard" title={t('history.unheard')}>
            <span className="unseen">{`(${t('history.unheard')}) `}</span>
            {unheard.trimStart()}
          </del>
        </>
      )}
    </>
  );
}

/** What the user said beside a reply that went on: small, for it is no turn. */
export function Aside({ words }: { readonly words: string }): ReactNode {
  const { t } = useTranslation();
  if (words === '') return null;
  return (
    <p className="aside" data-testid="aside">
      <span className="unseen">{`${t('history.aside')} `}</span>
      {words}
    </p>
  );
}

/** Three dots where words will be. */
export function Dots(): ReactNode {
  return (
    <span className="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}

/** The space a text begins with, to be drawn outside of the text's own line-through or underline. */
export function spaceBefore(text: string): string {
  return text.slice(0, text.length - text.trimStart().length);
}
