/** The settings room: everything that a user may set, in sections. `#/settings/NAME` opens it at one of them. */
import { Suspense, useEffect, useRef } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { DeviceSettings, DeviceTest } from '../../devices/index.ts';
import { ErrorBoundary } from '../../error-boundary.tsx';
import { openRoom, useRoomPath } from '../use-room.ts';
import { AboutSection } from './about-section.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { ConversationSection } from './conversation-section.tsx';
import { EngineSection } from './engine-section.tsx';
import { FaceSection } from './face-section.tsx';
import { HealthSection } from './health-section.tsx';
import { PrivacySection } from './privacy-section.tsx';
import { SyncNote } from './sync-note.tsx';
import { VoiceSection } from './voice-section.tsx';
import './settings.css';

const SECTIONS = {
  sound: SoundSection,
  voice: VoiceSection,
  conversation: ConversationSection,
  face: FaceSection,
  appearance: AppearanceSection,
  engine: EngineSection,
  health: HealthSection,
  privacy: PrivacySection,
  about: AboutSection,
} as const satisfies Readonly<Record<string, ComponentType>>;

type SectionName = keyof typeof SECTIONS;

const NAMES = Object.keys(SECTIONS) as readonly SectionName[];

export default function Room(): ReactNode {
  const { t } = useTranslation();
  const [at] = useRoomPath();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // Where there is no room for all of them, the one that is shown is in sight.
    const link = nav.current?.querySelector<HTMLElement>('[aria-current]') ?? null;
    if (nav.current === null || link === null) return;
    nav.current.scrollLeft = link.offsetLeft - (nav.current.clientWidth - link.offsetWidth) / 2;
  }, [at]);
  return (
    <div className="settings">
      <nav ref={nav} className="section-nav" aria-label={t('preferences.sections')}>
        {NAMES.map((name) => (
          <button
            key={name}
            type="button"
            className="section-link"
            data-testid={`section-${name}`}
            aria-current={name === at ? 'true' : undefined}
            onClick={() => {
              openRoom('settings', name);
            }}
          >
            {t(`preferences.section.${name}`)}
          </button>
        ))}
      </nav>
      <SyncNote />
      {NAMES.map((name) => (
        <Section key={name} name={name} isWanted={name === at} />
      ))}
    </div>
  );
}

function Section({ name, isWanted }: { readonly name: SectionName; readonly isWanted: boolean }): ReactNode {
  const { t } = useTranslation();
  const section = useRef<HTMLElement>(null);
  const Content = SECTIONS[name];
  useEffect(() => {
    return isWanted ? keepAtTop(section.current) : undefined;
  }, [isWanted]);
  return (
    <section
      ref={section}
      className="settings-section"
      data-testid={`settings-${name}`}
      aria-labelledby={`settings-${name}`}
    >
      <h3 id={`settings-${name}`}>{t(`preferences.section.${name}`)}</h3>
      <ErrorBoundary>
        <Suspense fallback={<p className="mild">{t('preferences.loading')}</p>}>
          <Content />
        </Suspense>
      </ErrorBoundary>
    </section>
  );
}

/** What is above grows as the server answers: the section stays in place until the user moves, or all is there. */
const SETTLED_MS = 3000;

function keepAtTop(section: HTMLElement | null): () => void {
  const end = new AbortController();
  const { signal } = end;
  const stop = (): void => {
    end.abort();
  };
  const growing = new ResizeObserver(() => {
    bringToTop(section);
  });
  if (section?.parentElement) growing.observe(section.parentElement);
  const timer = setTimeout(stop, SETTLED_MS);
  for (const sign of ['wheel', 'pointerdown', 'keydown'] as const) {
    window.addEventListener(sign, stop, { signal, passive: true });
  }
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    growing.disconnect();
  });
  bringToTop(section);
  return stop;
}

/** Scrolls the room alone: the page around it would move with `scrollIntoView`. */
function bringToTop(section: HTMLElement | null): void {
  const body = section?.closest('.room-body') ?? null;
  if (section === null || body === null) return;
  const nav = body.querySelector('.section-nav')?.getBoundingClientRect().height ?? 0;
  body.scrollTop += section.getBoundingClientRect().top - body.getBoundingClientRect().top - nav;
}

function SoundSection(): ReactNode {
  return (
    <>
      <DeviceSettings />
      <DeviceTest />
    </>
  );
}
