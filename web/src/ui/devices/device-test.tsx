/** Tries microphone and speaker out: say something and hear it back, or hear three notes. */
import { useEffect, useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { LevelStrip } from '../level-strip.tsx';
import { useChecks } from '../page-context.ts';
import type { CheckOutcome, CheckStep, SoundChecks } from '../page-context.ts';
import './devices.css';

/** Quieter than this at its loudest moment is no voice at an arm's length. */
const FAINT_DB = -48;
/** What a microphone gives that is switched off, or is none. */
const NOTHING_DB = -75;

type Stage = CheckStep | 'sounding';
type Test = 'microphone' | 'speaker';
interface Verdict {
  readonly test: Test;
  readonly outcome: CheckOutcome;
}

export function DeviceTest(): ReactNode {
  const { t } = useTranslation();
  const checks = useChecks();
  const title = useId();
  const { stage, verdict, run } = useRun(checks);
  if (checks === null) return null;
  return (
    <section className="devices device-test" aria-labelledby={title} data-testid="device-test">
      <h4 id={title}>{t('devices.test.title')}</h4>
      <Buttons
        isBusy={stage !== null}
        onRun={run}
        onStop={() => {
          checks.stop();
        }}
      />
      <LevelStrip
        name="check-level"
        label={t('devices.test.level')}
        caption={t('devices.test.caption')}
        isActive={stage !== null}
        read={() => checks.sound}
      />
      <p className="device-verdict" role="status" data-testid="test-verdict" data-stage={stage ?? 'none'}>
        {stage === null ? <Outcome verdict={verdict} /> : t(`devices.test.${stage}`)}
      </p>
    </section>
  );
}

interface Run {
  /** How far the test is that runs; null for none. */
  readonly stage: Stage | null;
  /** Of the last one. */
  readonly verdict: Verdict | null;
  readonly run: (test: Test) => void;
}

/** One test at a time; whoever leaves ends it. */
function useRun(checks: SoundChecks | null): Run {
  const [stage, setStage] = useState<Stage | null>(null);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  useEffect(
    () => () => {
      checks?.stop();
    },
    [checks],
  );
  const run = async (test: Test): Promise<void> => {
    if (checks === null) return;
    setVerdict(null);
    setStage(test === 'microphone' ? 'opening' : 'sounding');
    const outcome = await (test === 'microphone' ? checks.microphone(setStage) : checks.speaker());
    setStage(null);
    setVerdict({ test, outcome });
  };
  return { stage, verdict, run: (test) => void run(test) };
}

interface ButtonsProps {
  readonly isBusy: boolean;
  readonly onRun: (test: Test) => void;
  readonly onStop: () => void;
}

function Buttons({ isBusy, onRun, onStop }: ButtonsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="device-buttons">
      {(['microphone', 'speaker'] as const).map((test) => (
        <button
          key={test}
          type="button"
          className="device-button"
          data-testid={`test-${test}`}
          disabled={isBusy}
          onClick={() => {
            onRun(test);
          }}
        >
          {t(`devices.test.${test}`)}
        </button>
      ))}
      {isBusy && (
        <button type="button" className="device-button" data-testid="stop-test" onClick={onStop}>
          {t('devices.test.stop')}
        </button>
      )}
    </div>
  );
}

function Outcome({ verdict }: { readonly verdict: Verdict | null }): ReactNode {
  const { t } = useTranslation();
  const outcome = verdict?.outcome;
  switch (outcome?.kind) {
    case 'failed':
      return (
        <>
          {t('devices.failed', { reason: t(`problem.${outcome.code}.title`) })}{' '}
          <span className="mild">{t(`problem.${outcome.code}.remedy`)}</span>
        </>
      );
    case 'heard':
      return t(`devices.test.heard_${judged(outcome.loudestDb)}`);
    case 'played':
      return t('devices.test.played');
    case 'ended':
    case undefined:
      return null;
  }
}

function judged(loudestDb: number): 'well' | 'faintly' | 'nothing' {
  if (loudestDb < NOTHING_DB) return 'nothing';
  return loudestDb < FAINT_DB ? 'faintly' : 'well';
}
