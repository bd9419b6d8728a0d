// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { showRoom } from '../settings/testing.tsx';
import Room from './index.tsx';

/** A browser that tells of its permission, and of each change. */
class FakeStatus extends EventTarget {
  state: PermissionState = 'prompt';

  change(state: PermissionState): void {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

const status = new FakeStatus();

beforeEach(() => {
  status.state = 'prompt';
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', {
    userAgent: 'Gecko/20100101 Firefox/140.0',
    permissions: { query: () => Promise.resolve(status) },
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const permission = (): string | undefined => screen.getByTestId('permission').dataset.permission;

it('should follow the permission while somebody looks, and say how to give it', async () => {
  showRoom(<Room />);
  await waitFor(() => {
    expect(permission()).toBe('prompt');
  });
  expect(screen.queryByTestId('how-to-allow')).toBeNull();
  act(() => {
    status.change('denied');
  });
  expect(permission()).toBe('denied');
  expect(screen.getByTestId('how-to-allow').textContent).toContain('crossed-out microphone');
  act(() => {
    status.change('granted');
  });
  expect(permission()).toBe('granted');
});

it('should say so where no browser opens a microphone', () => {
  vi.stubGlobal('isSecureContext', false);
  showRoom(<Room />);
  expect(permission()).toBe('insecure');
});

it('should go on where the browser does not tell', async () => {
  vi.stubGlobal('navigator', {
    userAgent: 'x',
    permissions: { query: () => Promise.reject(new TypeError('no')) },
  });
  showRoom(<Room />);
  await Promise.resolve();
  expect(permission()).toBe('unknown');
});

it('should ask a first question, and make way for the answer', () => {
  window.location.hash = '#/help';
  const { sendText } = showRoom(<Room />);
  fireEvent.click(screen.getByTestId('help-say-one'));
  expect(sendText).toHaveBeenCalledWith('What can you help me with?');
  expect(window.location.hash).toBe('');
});
