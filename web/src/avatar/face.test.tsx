// @vitest-environment happy-dom
import { cleanup, render, waitFor } from '@testing-library/react';
import i18next from 'i18next';
import type { ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Face, lookFor } from './index.ts';
import type { FaceError, FaceKind } from './index.ts';
import { ScriptedFeed } from './workbench/scripted-feed.ts';

const feed = new ScriptedFeed(() => 0);
const look = lookFor('viva');

function Shown({
  kind,
  onError,
}: {
  readonly kind: FaceKind;
  readonly onError: (error: FaceError) => void;
}): ReactNode {
  return (
    <I18nextProvider i18n={i18next}>
      <Face kind={kind} feed={feed} look={look} theme="light" onError={onError} />
    </I18nextProvider>
  );
}

beforeEach(async () => {
  await i18next.init({ lng: 'cimode' });
});
afterEach(cleanup);

it('should draw the face where there is no 3D, and say why', async () => {
  // React tells the console of what its boundaries catch.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const codes: string[] = [];
  const { container } = render(<Shown kind="head" onError={({ code }) => codes.push(code)} />);
  await waitFor(() => {
    expect(container.querySelector('[data-face="flat"]')).not.toBeNull();
  });
  expect(codes).toEqual(['webgl_missing']);
  expect(container.textContent).toContain('face.problem.webgl_missing');
});

it('should show nothing where no face is wished', () => {
  const { container } = render(<Shown kind="none" onError={() => undefined} />);
  expect(container.textContent).toBe('');
  expect(container.querySelector('canvas')).toBeNull();
});

it('should say what the picture is to those who do not see it', async () => {
  const { findByRole } = render(<Shown kind="flat" onError={() => undefined} />);
  expect((await findByRole('img')).getAttribute('aria-label')).toBe('face.label');
});
