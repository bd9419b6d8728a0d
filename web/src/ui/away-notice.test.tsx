// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { ApiError } from '../api/index.ts';
import { ONLINE, shown } from './testing.tsx';

const AWAY = new ApiError('unreachable', 'refused', 0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

async function afterwards(milliseconds = 0): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(milliseconds));
}

it('should say nothing of a server that is there, though it be not ready', async () => {
  const { ask } = shown();
  ask.mockRejectedValue(new ApiError('starting', '', 503));
  await afterwards(60_000);
  expect(screen.queryByTestId('away')).toBeNull();
  expect(ask.mock.calls.length).toBe(1);
});

it('should say that the server is away, and take it back when it answers again', async () => {
  const { ask, tell } = shown();
  ask.mockRejectedValue(AWAY);
  tell(...ONLINE, { type: 'conversation.stopped' });
  tell({ type: 'connection.changed', connection: { kind: 'offline' } });
  await afterwards();
  fireEvent.click(screen.getByText('Try again'));
  await afterwards();
  expect(screen.getByTestId('away').textContent).toContain('can still be read');
  ask.mockResolvedValue(new Response('{}'));
  await afterwards(5000);
  expect(screen.queryByTestId('away')).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});

it('should leave it to the conversation while there is one', async () => {
  const { ask, tell } = shown();
  ask.mockRejectedValue(AWAY);
  tell(...ONLINE);
  await afterwards(10_000);
  expect(screen.queryByTestId('away')).toBeNull();
});
