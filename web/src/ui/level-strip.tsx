/** How loud one side is: a moving picture for the eye, a meter for assistive technology. */
import { useCallback, useRef } from 'react';
import type { ReactNode } from 'react';

import { Visualiser } from './devices/visualiser.tsx';
import { useConversation } from './page-context.ts';
import type { Sound } from './page-context.ts';

interface LevelStripProps {
  /** Names the meter for tests, and its colour for the style sheet. */
  readonly name: 'mic-level' | 'reply-level' | 'check-level';
  readonly label: string;
  /** Short, to be seen under the picture. */
  readonly caption: string;
  readonly isActive: boolean;
  readonly read: () => Sound | null;
}

export function LevelStrip({ name, label, caption, isActive, read }: LevelStripProps): ReactNode {
  const meter = useRef<HTMLDivElement>(null);
  const mode = useConversation(({ preferences }) => preferences.visualiser);
  const tell = useCallback((level: number) => {
    meter.current?.setAttribute('aria-valuenow', `${Math.round(100 * level)}`);
  }, []);
  return (
    <div
      ref={meter}
      className={`level ${name}`}
      data-testid={name}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      <Visualiser read={read} isActive={isActive} mode={mode} onLevel={tell} />
      <span className="level-label" aria-hidden="true">
        {caption}
      </span>
    </div>
  );
}
