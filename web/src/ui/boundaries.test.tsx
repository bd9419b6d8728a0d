// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { ANSWERED, ONLINE, shown } from './testing.tsx';

/** Which parts fail. */
const failing = new Set<string>();

function failIf(name: string): void {
  if (failing.has(name)) throw new Error(`${name} failed`);
}

vi.mock(import('../avatar/index.ts'), async (original) => ({
  ...(await original()),
  Face: () => {
    failIf('face');
    return null;
  },
}));

vi.mock(import('./transcript.tsx'), async (original) => {
  const { Transcript } = await original();
  return {
    Transcript: () => {
      failIf('transcript');
      return <Transcript />;
    },
  };
});

vi.mock(import('./composer.tsx'), async (original) => {
  const { Composer } = await original();
  return {
    Composer: (props) => {
      failIf('composer');
      return <Composer {...props} />;
    },
  };
});

vi.mock(import('./header.tsx'), async (original) => {
  const { Header, RecordingBadge } = await original();
  return {
    Header: () => {
      failIf('header');
      return <Header />;
    },
    RecordingBadge: () => {
      failIf('recording');
      return <RecordingBadge />;
    },
  };
});

vi.mock(import('./notices.tsx'), () => ({
  Notices: () => {
    failIf('notices');
    return null;
  },
}));

vi.mock(import('./rooms/index.ts'), async (original) => ({
  ...(await original()),
  OpenRoom: () => {
    failIf('room');
    return null;
  },
}));

vi.mock(import('./announcer.tsx'), () => ({
  Announcer: () => {
    failIf('announcer');
    return null;
  },
}));

vi.mock(import('./use-theme-colour.ts'), () => ({
  useThemeColour: () => {
    failIf('page');
  },
}));

beforeEach(() => {
  // React tells of every error that a boundary caught.
  vi.spyOn(console, 'error').mockReturnValue();
});
afterEach(() => {
  failing.clear();
  cleanup();
});

const WITH_FACE = { type: 'preferences.changed', preferences: { face: 'flat' } } as const;

const PARTS = ['face', 'transcript', 'composer', 'header', 'recording', 'notices', 'room', 'announcer'];

it.each(PARTS)('should let the conversation go on when the %s fails', (part) => {
  failing.add(part);
  const { intents, tell } = shown(WITH_FACE, ...ONLINE, ...ANSWERED);
  expect(screen.getAllByText('This part of the page failed')).toHaveLength(1);
  expect(screen.getByTestId('state').dataset.state).toBe('speaking');
  tell({ type: 'playout.progress', playhead: { item: 'a1', played: 150 } });
  expect(screen.getByTestId('assistant-caption').textContent).toBe('It is noon.');
  fireEvent.click(screen.getByTestId('interrupt'));
  expect(intents.interrupt).toHaveBeenCalledOnce();
});

it('should show a part again that has come round', () => {
  failing.add('composer');
  shown(...ONLINE);
  failing.clear();
  fireEvent.click(screen.getByText('Show it again'));
  expect(screen.getByTestId('text-input')).toBeDefined();
  expect(screen.queryByText('This part of the page failed')).toBeNull();
});

it('should come back as a whole when it failed as a whole', () => {
  failing.add('page');
  shown(...ONLINE);
  failing.clear();
  fireEvent.click(screen.getByText('Show it again'));
  expect(screen.getByTestId('text-input')).toBeDefined();
});
