/** How long the answer took, and where the time went: one line with a bar, and step by step when it is opened. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { waterfallOf } from './waterfall.ts';
import type { Marks, Span, Step, Waterfall } from './waterfall.ts';

const A_SECOND_MS = 1000;
/** Thousandths of the time from the end of speech to the first sound. */
const WIDTH = 1000;
const THIN = 10;

type Row = Span<Step | 'turn_confirmed'>;

export function TimingLine({ marks }: { readonly marks: Marks }): ReactNode {
  const { t } = useTranslation();
  const waterfall = waterfallOf(marks);
  const duration = useDuration();
  if (waterfall === null) return null;
  return (
    <details className="timing" data-testid="timing">
      <summary>
        <span className="timing-total">
          {marks.first_audio === undefined
            ? t('timing.silent')
            : t('timing.first_audio', { value: duration(marks.first_audio) })}
        </span>
        <WaterfallBar waterfall={waterfall} />
      </summary>
      <StepTable waterfall={waterfall} />
    </details>
  );
}

function useDuration(): (milliseconds: number) => string {
  const { t } = useTranslation();
  return (value) =>
    value < A_SECOND_MS
      ? t('timing.milliseconds', { value: Math.round(value) })
      : t('timing.seconds', { value: (value / A_SECOND_MS).toFixed(2) });
}

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

/** One row a step, in the order in which they ended; each bar stands where its time was, so no colour is needed. */
function StepTable({ waterfall: { until, confirmed, work } }: { readonly waterfall: Waterfall }): ReactNode {
  const { t } = useTranslation();
  const duration = useDuration();
  const decision: readonly Row[] =
    confirmed === null ? [] : [{ name: 'turn_confirmed', from: 0, to: confirmed }];
  const rows = [...work, ...decision].sort((one, other) => one.to - other.to);
  return (
    <table className="steps">
      <caption>{t('timing.label')}</caption>
      <thead className="unseen">
        <tr>
          <th scope="col">{t('timing.step')}</th>
          <th scope="col">{t('timing.took')}</th>
          <th scope="col">{t('timing.at')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, from, to }) => (
          <tr key={name} data-step={name}>
            <th scope="row">{t(`timing.${name === 'first_audio' ? 'first_sound' : name}`)}</th>
            <td className="step-bar">
              <svg viewBox={`0 0 ${WIDTH} ${THIN}`} preserveAspectRatio="none" aria-hidden="true">
                <rect
                  x={(from / until) * WIDTH}
                  width={Math.max(THIN, ((to - from) / until) * WIDTH)}
                  height={THIN}
                />
              </svg>
              <span>{duration(to - from)}</span>
            </td>
            <td>{duration(to)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
