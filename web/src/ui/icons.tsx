/** Line drawings on a 24 by 24 grid, in the colour of the text around them. */
import type { ReactNode } from 'react';

import type { Stage, Theme } from '../state/index.ts';

function Icon({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export function BrandIcon(): ReactNode {
  return (
    <Icon>
      <path d="M4 10v4M8 6.5v11M12 3v18M16 7.5v9M20 10.5v3" />
    </Icon>
  );
}

export function MicIcon(): ReactNode {
  return (
    <Icon>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
    </Icon>
  );
}

export function MicOffIcon(): ReactNode {
  return (
    <Icon>
      <path d="M15 10.5V6a3 3 0 0 0-5.8-1M9 9v2a3 3 0 0 0 4.6 2.5M5.5 11.5A6.5 6.5 0 0 0 15.6 16.9M18.5 11.5c0 1-.2 1.9-.6 2.7M12 18v3M4 4l16 16" />
    </Icon>
  );
}

export function StopIcon(): ReactNode {
  return (
    <Icon>
      <rect className="solid" x="6.5" y="6.5" width="11" height="11" rx="2" />
    </Icon>
  );
}

export function InterruptIcon(): ReactNode {
  return (
    <Icon>
      <path d="M8.5 5v14M15.5 5v14" />
    </Icon>
  );
}

export function WaveIcon(): ReactNode {
  return (
    <Icon>
      <path d="M3.5 12h1.5M8 8.5v7M12 5v14M16 8.5v7M19 12h1.5" />
    </Icon>
  );
}

export function HandIcon(): ReactNode {
  return (
    <Icon>
      <circle cx="12" cy="12" r="8" />
      <circle className="solid" cx="12" cy="12" r="3.5" />
    </Icon>
  );
}

export function SendIcon(): ReactNode {
  return (
    <Icon>
      <path d="M12 19V5.5M6 11l6-6 6 6" />
    </Icon>
  );
}

export function PlusIcon(): ReactNode {
  return (
    <Icon>
      <path d="M12 5.5v13M5.5 12h13" />
    </Icon>
  );
}

export function CloseIcon(): ReactNode {
  return (
    <Icon>
      <path d="m6.5 6.5 11 11M17.5 6.5l-11 11" />
    </Icon>
  );
}

export function WarningIcon(): ReactNode {
  return (
    <Icon>
      <path d="M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.1" />
    </Icon>
  );
}

export function ThemeIcon({ theme }: { readonly theme: Theme }): ReactNode {
  switch (theme) {
    case 'light':
      return (
        <Icon>
          <circle cx="12" cy="12" r="4" />
          <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
        </Icon>
      );
    case 'dark':
      return (
        <Icon>
          <path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z" />
        </Icon>
      );
    case 'system':
      return (
        <Icon>
          <circle cx="12" cy="12" r="8" />
          <path className="solid" d="M12 4a8 8 0 0 1 0 16z" />
        </Icon>
      );
  }
}

function ThinkingIcon(): ReactNode {
  return (
    <Icon>
      <circle className="solid" cx="5.5" cy="12" r="1.7" />
      <circle className="solid" cx="12" cy="12" r="1.7" />
      <circle className="solid" cx="18.5" cy="12" r="1.7" />
    </Icon>
  );
}

function ErrorIcon(): ReactNode {
  return (
    <Icon>
      <path d="M12 5v9M12 18.5v.1" />
    </Icon>
  );
}

/** One picture for each state. */
export const STATE_ICONS: Readonly<Record<Stage['state'], () => ReactNode>> = {
  idle: MicIcon,
  listening: MicIcon,
  processing: ThinkingIcon,
  speaking: WaveIcon,
  error: ErrorIcon,
};
