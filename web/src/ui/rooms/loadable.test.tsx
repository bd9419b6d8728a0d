// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { I18nextProvider } from 'react-i18next';
import type { ComponentType, ReactNode } from 'react';
import { afterEach, expect, it, vi } from 'vitest';

import { createTranslations } from '../../i18n/index.ts';
import { ErrorBoundary } from '../error-boundary.tsx';
import { loadable } from './loadable.tsx';

afterEach(cleanup);

const settle = () => act(() => Promise.resolve());

function shown(Part: ComponentType<{ fallback: ReactNode }>) {
  return render(
    <I18nextProvider i18n={createTranslations('en')}>
      <ErrorBoundary>
        <Part fallback="One moment" />
      </ErrorBoundary>
    </I18nextProvider>,
  );
}

const ROOM = { default: () => 'A room' };

it('should show a part again whose loading failed, when the user asks for it', async () => {
  // React tells of every error that a boundary caught.
  vi.spyOn(console, 'error').mockReturnValue();
  const load = vi.fn<() => Promise<typeof ROOM>>();
  load.mockRejectedValueOnce(new TypeError('Load failed')).mockResolvedValue(ROOM);
  shown(loadable(load));
  expect(screen.getByText('One moment')).toBeDefined();
  await settle();
  fireEvent.click(screen.getByText('Show it again'));
  await settle();
  expect(screen.getByText('A room')).toBeDefined();
});

it('should show a part at once that was loaded before', async () => {
  const load = vi.fn(() => Promise.resolve(ROOM));
  const Part = loadable(load);
  const { unmount } = shown(Part);
  await settle();
  unmount();
  shown(Part);
  expect(screen.getByText('A room')).toBeDefined();
  expect(load).toHaveBeenCalledOnce();
});
