/** The help room: what one needs in the first minute, and when nothing is heard. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { MicIcon } from '../../icons.tsx';
import { useIntents } from '../../page-context.ts';
import { closeRoom, roomLink } from '../use-room.ts';
import { MicrophoneHelp } from './microphone-help.tsx';
import './help.css';

const SENTENCES = ['one', 'two', 'three'] as const;
const KEYS = ['space', 'escape', 'enter', 'tab'] as const;

export default function Room(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="help">
      <p className="mild">{t('help.intro')}</p>
      <MicrophoneHelp />
      <section>
        <h3>{t('help.devices.title')}</h3>
        <p>{t('help.devices.text')}</p>
        <a className="help-link" href={roomLink('settings', 'sound')} data-testid="help-devices">
          {t('help.devices.open')}
        </a>
      </section>
      <FirstSentence />
      <Silence />
      <section>
        <h3>{t('help.keys.title')}</h3>
        <dl className="keys">
          {KEYS.map((key) => (
            <div key={key}>
              <dt>
                <kbd>{t(`help.keys.${key}`)}</kbd>
              </dt>
              <dd>{t(`help.keys.${key}_does`)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}

function FirstSentence(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  return (
    <section>
      <h3>{t('help.first.title')}</h3>
      <p>{t('help.first.text')}</p>
      <button
        type="button"
        className="help-start"
        data-testid="help-start"
        onClick={() => {
          closeRoom();
          void intents.start({ microphone: true });
        }}
      >
        <MicIcon />
        {t('help.first.start')}
      </button>
      <p className="mild">{t('help.first.or')}</p>
      <Sentences />
    </section>
  );
}

function Sentences(): ReactNode {
  const { t } = useTranslation();
  const intents = useIntents();
  return (
    <ul className="sentences">
      {SENTENCES.map((name) => {
        const sentence = t(`help.first.${name}`);
        return (
          <li key={name}>
            <button
              type="button"
              className="sentence"
              data-testid={`help-say-${name}`}
              onClick={() => {
                closeRoom();
                intents.sendText(sentence);
              }}
            >
              {sentence}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Silence(): ReactNode {
  const { t } = useTranslation();
  return (
    <section>
      <h3>{t('help.silent.title')}</h3>
      <h4>{t('help.silent.you')}</h4>
      <ul className="hints">
        <li>{t('help.silent.you_one')}</li>
        <li>{t('help.silent.you_two')}</li>
        <li>{t('help.silent.you_three')}</li>
      </ul>
      <h4>{t('help.silent.reply')}</h4>
      <ul className="hints">
        <li>{t('help.silent.reply_one')}</li>
        <li>{t('help.silent.reply_two')}</li>
        <li>{t('help.silent.reply_three')}</li>
      </ul>
      <h4>{t('help.silent.slow')}</h4>
      <ul className="hints">
        <li>{t('help.silent.slow_one')}</li>
        <li>{t('help.silent.slow_two')}</li>
      </ul>
      <p className="help-links">
        <a className="help-link" href={roomLink('settings', 'health')}>
          {t('help.silent.see_health')}
        </a>
        <a className="help-link" href={roomLink('settings', 'conversation')}>
          {t('help.silent.see_turns')}
        </a>
      </p>
    </section>
  );
}
