// @vitest-environment happy-dom
import { act, cleanup, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { AT, shown } from './testing.tsx';

beforeEach(() => {
  localStorage.clear();
});
afterEach(() => {
  cleanup();
  window.history.replaceState(null, '', window.location.pathname);
});

const hint = () => screen.queryByTestId('help-hint');

it('should show a first visitor the way to Help, also at the next visit when it was not taken', () => {
  shown();
  expect(hint()?.getAttribute('href')).toBe('#/help');
  cleanup();
  shown();
  expect(hint()).not.toBeNull();
});

it('should not come back once Help was opened', () => {
  shown();
  act(() => {
    window.history.replaceState(null, '', '#/help');
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  });
  expect(hint()).toBeNull();
  cleanup();
  window.history.replaceState(null, '', window.location.pathname);
  shown();
  expect(hint()).toBeNull();
});

it('should not come back once something was said', () => {
  const { tell } = shown();
  tell({ type: 'text.typed', id: 'u1', text: 'Hello.', at: AT });
  cleanup();
  shown();
  expect(hint()).toBeNull();
});
