/** How long the answer took, and where the time went. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Utterance } from '../state/index.ts';

type Marks = NonNullable<Utterance['timing']>;

/** Marks on the way to the first sound, in the order in which they usually come. */
const STEPS = ['transcript', 'turn_confirmed', 'first_token', 'first_clause'] as const;

const A_SECOND_MS = 1000;

export function TimingLine({ marks }: { readonly marks: Marks }): ReactNode {
  const { t } = useTranslation();
  const duration = (value: number): string =>
    value < A_SECOND_MS
      ? t('timing.milliseconds', { value: Math.round(value) })
      : t('timing.seconds', { value: (value / A_SECOND_MS).toFixed(2) });
  const steps = STEPS.flatMap((name) => {
    const value = marks[name];
    return value === undefined ? [] : [{ name, value }];
  }).sort((one, other) => one.value - other.value);
  if (marks.first_audio === undefined && steps.length === 0) return null;
  return (
    <p className="timing" data-testid="timing" title={t('timing.label')}>
      {marks.first_audio !== undefined && (
        <span className="timing-total">
          {t('timing.first_audio', { value: duration(marks.first_audio) })}
        </span>
      )}
      {steps.map(({ name, value }) => (
        <span key={name}>{`${t(`timing.${name}`)} ${duration(value)}`}</span>
      ))}
    </p>
  );
}
