/** How long the answer took, and where the time went: in words, and as a small bar. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { waterfallOf } from './waterfall.ts';
import type { Marks, Waterfall } from './waterfall.ts';

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
  const waterfall = waterfallOf(marks);
  if (waterfall === null) return null;
  return (
    <div className="timing" data-testid="timing" role="group" aria-label={t('timing.label')}>
      {marks.first_audio !== undefined && (
        <span className="timing-total" data-step="first_audio">
          {t('timing.first_audio', { value: duration(marks.first_audio) })}
        </span>
      )}
      <WaterfallBar waterfall={waterfall} />
      <p className="timing-steps">
        {steps.map(({ name, value }) => (
          <span key={name} data-step={name}>{`${t(`timing.${name}`)} ${duration(value)}`}</span>
        ))}
      </p>
    </div>
  );
}

/** Thousandths of the time from the end of speech to the first sound; the words beside it say all of it. */
const WIDTH = 1000;

/** The work in the upper row, the wait for the decision in the lower one; a line through both marks the decision. */
function WaterfallBar({
  waterfall: { until, confirmed, work },
}: {
  readonly waterfall: Waterfall;
}): ReactNode {
  const at = (milliseconds: number): number => (milliseconds / until) * WIDTH;
  return (
    <svg
      className="waterfall"
      data-testid="waterfall"
      viewBox={`0 0 ${WIDTH} 10`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {work.map(({ name, from, to }) => (
        <rect key={name} data-step={name} x={at(from)} width={at(to) - at(from)} y={0} height={6} />
      ))}
      {confirmed !== null && (
        <>
          <rect data-step="turn_confirmed" x={0} width={at(confirmed)} y={7} height={3} />
          <line className="waterfall-decision" x1={at(confirmed)} x2={at(confirmed)} y1={0} y2={10} />
        </>
      )}
    </svg>
  );
}
