/** Which microphone and speaker, what is done to the voice, and how sound is drawn; all of it takes hold at once. */
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { devicesOf, isAway } from '../../state/index.ts';
import type { DeviceKind, VisualiserMode } from '../../state/index.ts';
import { useChecks, useConversation, useIntents } from '../page-context.ts';
import type { CheckOutcome } from '../page-context.ts';
import './devices.css';

export function DeviceSettings(): ReactNode {
  return (
    <div className="devices" data-testid="device-settings">
      <Names />
      <DeviceSelect kind="microphone" />
      <DeviceSelect kind="speaker" />
      <Treatment />
      <Picture />
    </div>
  );
}

/** Without a permission a browser tells no names: there is nothing to choose from. */
function Names(): ReactNode {
  const { t } = useTranslation();
  const checks = useChecks();
  const areNamed = useConversation(({ devices }) => devices.areNamed);
  const [outcome, setOutcome] = useState<CheckOutcome | null>(null);
  const [isAsking, setAsking] = useState(false);
  if (areNamed || checks === null) return null;
  const ask = async (): Promise<void> => {
    setAsking(true);
    setOutcome(await checks.nameDevices());
    setAsking(false);
  };
  return (
    <div className="device-names">
      <p className="mild">{t('devices.nameless')}</p>
      <button
        type="button"
        className="device-button"
        data-testid="name-devices"
        disabled={isAsking}
        onClick={() => void ask()}
      >
        {t('devices.show_names')}
      </button>
      {outcome?.kind === 'failed' && (
        <p role="alert">{t('devices.failed', { reason: t(`problem.${outcome.code}.title`) })}</p>
      )}
    </div>
  );
}

function DeviceSelect({ kind }: { readonly kind: DeviceKind }): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const id = useId();
  const listed = useConversation((state) => devicesOf(state, kind));
  const chosen = useConversation(({ preferences }) => preferences[kind]);
  const isChosenAway = useConversation((state) => isAway(state, kind));
  const isUnknown = chosen !== '' && !listed.some((device) => device.id === chosen);
  return (
    <div className="device-field">
      <label htmlFor={id}>{t(`devices.${kind}`)}</label>
      <select
        id={id}
        data-testid={`choose-${kind}`}
        data-away={isChosenAway}
        value={chosen}
        aria-describedby={`${id}-note`}
        onChange={({ target }) => {
          intents.setPreferences({ [kind]: target.value });
        }}
      >
        <option value="">{t('devices.default')}</option>
        {isUnknown && (
          <option value={chosen}>
            {isChosenAway ? t('devices.away', { name: t('devices.chosen') }) : t('devices.chosen')}
          </option>
        )}
        {listed.map((device, index) => (
          <option key={device.id} value={device.id}>
            {device.label === '' ? t('devices.unnamed', { number: index + 1 }) : device.label}
          </option>
        ))}
      </select>
      <div id={`${id}-note`} className="mild">
        <DeviceNote kind={kind} />
      </div>
    </div>
  );
}

/** What there is to know of a choice beside the choice itself. */
function DeviceNote({ kind }: { readonly kind: DeviceKind }): ReactNode {
  const { t } = useTranslation();
  const isChosenAway = useConversation((state) => isAway(state, kind));
  const { areNamed, canChooseSpeaker } = useConversation(({ devices }) => devices);
  const isNone = useConversation((state) => devicesOf(state, kind).length === 0);
  const inUse = useConversation(({ microphoneInUse }) => (kind === 'microphone' ? microphoneInUse : ''));
  if (kind === 'speaker' && areNamed && !canChooseSpeaker) return t('devices.only_system_speaker');
  if (isChosenAway) return <span role="status">{t('devices.away_note')}</span>;
  if (inUse !== '') return t('devices.in_use', { name: inUse });
  return kind === 'microphone' && areNamed && isNone ? t('devices.none') : null;
}

const SWITCHES = [
  { name: 'echoCancellation', label: 'devices.echo', note: 'devices.echo_note' },
  { name: 'noiseSuppression', label: 'devices.noise', note: 'devices.noise_note' },
  { name: 'autoGain', label: 'devices.gain', note: 'devices.gain_note' },
] as const;

function Treatment(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const id = useId();
  const preferences = useConversation((state) => state.preferences);
  return (
    <fieldset className="device-group">
      <legend>{t('devices.treatment')}</legend>
      {SWITCHES.map(({ name, label, note }) => (
        <div key={name} className="device-switch">
          <input
            id={`${id}-${name}`}
            type="checkbox"
            role="switch"
            data-testid={`switch-${name}`}
            checked={preferences[name]}
            aria-describedby={`${id}-${name}-note`}
            onChange={({ target }) => {
              intents.setPreferences({ [name]: target.checked });
            }}
          />
          <label htmlFor={`${id}-${name}`}>{t(label)}</label>
          <p id={`${id}-${name}-note`} className="mild">
            {t(note)}
          </p>
        </div>
      ))}
    </fieldset>
  );
}

const PICTURES: readonly VisualiserMode[] = ['waveform', 'spectrum'];

function Picture(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  const name = useId();
  const chosen = useConversation(({ preferences }) => preferences.visualiser);
  return (
    <fieldset className="device-group">
      <legend>{t('devices.picture')}</legend>
      <div className="device-choices">
        {PICTURES.map((mode) => (
          <label key={mode} className="device-choice" data-testid={`picture-${mode}`}>
            <input
              type="radio"
              name={name}
              checked={mode === chosen}
              onChange={() => {
                intents.setPreferences({ visualiser: mode });
              }}
            />
            {t(`devices.picture_${mode}`)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
