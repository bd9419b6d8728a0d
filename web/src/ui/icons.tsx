/** Line drawings on a 24 by 24 grid, in the colour of the text around them. */
import type { ReactNode } from 'react';

import type { Stage, Theme } from '../state/index.ts';
import type { RoomName } from './rooms/rooms.ts';

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

export function TranscriptIcon(): ReactNode {
  return (
    <Icon>
      <path d="M4.5 5.5h15v10.5h-8l-4 3.5v-3.5h-3zM8 9.3h8M8 12.3h5" />
    </Icon>
  );
}

export function ToolIcon(): ReactNode {
  return (
    <Icon>
      <path d="M14.6 6.2a4 4 0 0 1 4.9-1l-2.4 2.5.4 1.9 1.9.4 2.4-2.4a4 4 0 0 1-5.4 4.9l-6.6 6.7a2 2 0 0 1-2.9-2.9l6.7-6.6a4 4 0 0 1 1-3.5z" />
    </Icon>
  );
}

export function CloudOffIcon(): ReactNode {
  return (
    <Icon>
      <path d="M8.5 6.2A6 6 0 0 1 17.4 10 4.3 4.3 0 0 1 20 17M16 18.5H7a4.5 4.5 0 0 1-.8-8.9M4 4l16 16" />
    </Icon>
  );
}

export function CopyIcon(): ReactNode {
  return (
    <Icon>
      <rect x="8.5" y="8.5" width="11" height="11" rx="2" />
      <path d="M15.5 8.5V6.5a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2" />
    </Icon>
  );
}

export function ReplayIcon(): ReactNode {
  return (
    <Icon>
      <path d="M4.5 9.8v4.4h3L12 18V6L7.5 9.8zM15.5 9.3a4 4 0 0 1 0 5.4M18 6.8a7.5 7.5 0 0 1 0 10.4" />
    </Icon>
  );
}

export function ThumbIcon({ isDown }: { readonly isDown: boolean }): ReactNode {
  return (
    <Icon>
      <path
        transform={isDown ? 'rotate(180 12 12)' : undefined}
        d="M7.5 11v8.5h-3V11zM7.5 11l3.6-7c1.3 0 2.2 1 2 2.3l-.5 3.2h5a1.9 1.9 0 0 1 1.8 2.3l-1.3 6.2a1.9 1.9 0 0 1-1.9 1.5H7.5"
      />
    </Icon>
  );
}

export function CheckIcon(): ReactNode {
  return (
    <Icon>
      <path d="m5 12.5 4.5 4.5L19 7.5" />
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

export const ROOM_ICONS: Readonly<Record<RoomName, ReactNode>> = {
  history: (
    <Icon>
      <path d="M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4.5 4v4h4M12 8v4.5l3 1.8" />
    </Icon>
  ),
  characters: (
    <Icon>
      <circle cx="12" cy="8.5" r="4" />
      <path d="M4.5 20a7.5 7.5 0 0 1 15 0" />
    </Icon>
  ),
  memories: (
    <Icon>
      <path d="M7 4.5h10v15l-5-3.6-5 3.6z" />
    </Icon>
  ),
  settings: (
    <Icon>
      <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
      <circle cx="15" cy="7" r="2" />
      <circle cx="9" cy="17" r="2" />
    </Icon>
  ),
  help: (
    <Icon>
      <path d="M9 9.2a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 1.9v.4M12 17.6v.2" />
      <circle cx="12" cy="12" r="9" />
    </Icon>
  ),
};
