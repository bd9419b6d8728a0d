/** What can be done with a reply: copy its words, hear it again, say whether it was good. */
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { captionOf } from '../state/index.ts';
import type { Utterance } from '../state/index.ts';
import { copyText } from './copy-text.ts';
import { CheckIcon, CopyIcon, ReplayIcon, StopIcon, ThumbIcon } from './icons.tsx';
import { useRating, useReplay } from './page-context.ts';

/** How long the button shows that it has copied. */
const COPIED_MS = 2000;

export function ReplyActions({ utterance }: { readonly utterance: Utterance }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="reply-actions" role="group" aria-label={t('reply.label')} data-testid="reply-actions">
      <CopyButton utterance={utterance} />
      <ReplayButton id={utterance.id} />
      <RatingButtons id={utterance.id} />
    </div>
  );
}

function CopyButton({ utterance }: { readonly utterance: Utterance }): ReactNode {
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => {
      setCopied(false);
    }, COPIED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [isCopied]);
  const copy = (): void => {
    const { heard, unheard } = captionOf(utterance);
    void copyText(heard + unheard).then(setCopied);
  };
  const label = isCopied ? t('reply.copied') : t('reply.copy');
  return (
    <button type="button" className="icon-button" data-testid="copy" title={label} onClick={copy}>
      {isCopied ? <CheckIcon /> : <CopyIcon />}
      <span className="unseen" role="status">
        {label}
      </span>
    </button>
  );
}

/** Only of replies whose sound is still kept. */
function ReplayButton({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const { isKept, isPlaying, play, stop } = useReplay(id);
  if (!isKept) return null;
  const label = isPlaying ? t('reply.stop') : t('reply.replay');
  return (
    <button
      type="button"
      className="icon-button"
      data-testid="replay"
      data-playing={isPlaying}
      title={label}
      aria-label={label}
      onClick={isPlaying ? stop : play}
    >
      {isPlaying ? <StopIcon /> : <ReplayIcon />}
    </button>
  );
}

const RATINGS = [
  { rating: 'up', text: 'reply.good' },
  { rating: 'down', text: 'reply.bad' },
] as const;

function RatingButtons({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const { rating: chosen, rate } = useRating(id);
  return RATINGS.map(({ rating, text }) => (
    <button
      key={rating}
      type="button"
      className="icon-button"
      data-testid={`rate-${rating}`}
      aria-pressed={rating === chosen}
      aria-label={t(text)}
      title={t(text)}
      onClick={() => {
        rate(rating === chosen ? null : rating);
      }}
    >
      <ThumbIcon isDown={rating === 'down'} />
    </button>
  ));
}
