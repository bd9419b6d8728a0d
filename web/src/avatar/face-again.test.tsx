// @vitest-environment happy-dom
import { cleanup, render } from '@testing-library/react';
import i18next from 'i18next';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { FaceViewProps } from './face-view.ts';
import { Face, FaceError, lookFor } from './index.ts';
import type { FaceProblemCode } from './index.ts';
import { ScriptedFeed } from './workbench/scripted-feed.ts';

/** What the 3D face does at each of its comings: fail by this name, or be there. */
let fates: (FaceProblemCode | null)[] = [];

vi.mock('./head/head-face.tsx', () => ({
  default: function Head({ onFail }: FaceViewProps): ReactNode {
    useEffect(() => {
      const fate = fates.shift() ?? null;
      if (fate !== null) onFail(new FaceError(fate));
    }, [onFail]);
    return <canvas data-face="head" />;
  },
}));

const feed = new ScriptedFeed(() => 0);
const look = lookFor('viva');

function shown(): ReturnType<typeof render> {
  return render(
    <I18nextProvider i18n={i18next}>
      <Face kind="head" feed={feed} look={look} theme="light" />
    </I18nextProvider>,
  );
}

beforeEach(async () => {
  await i18next.init({ lng: 'cimode' });
});
afterEach(cleanup);

it.each(['webgl_lost', 'drawing_failed'] as const)(
  'should come back when asked to after %s',
  async (code) => {
    fates = [code];
    const { container, findByRole } = shown();
    const again = await findByRole('button', { name: 'face.again' });
    expect(container.querySelector('[data-face="head"]')).toBeNull();
    again.click();
    await vi.waitFor(() => {
      expect(container.querySelector('[data-face="head"]')).not.toBeNull();
    });
    expect(container.textContent).toBe('');
  },
);

it('should say it again when it fails again', async () => {
  fates = ['webgl_lost', 'webgl_lost'];
  const { findByRole, findAllByRole } = shown();
  (await findByRole('button')).click();
  await vi.waitFor(() => {
    expect(fates).toEqual([]);
  });
  expect(await findAllByRole('button')).toHaveLength(1);
});

it('should offer nothing where trying again changes nothing', async () => {
  fates = ['webgl_missing'];
  const { findByText, queryByRole } = shown();
  await findByText('face.problem.webgl_missing');
  expect(queryByRole('button')).toBeNull();
});

it('should say what is wrong beside the picture, where it can be heard and reached', async () => {
  fates = ['webgl_lost'];
  const { findByRole, getByRole } = shown();
  expect(getByRole('img').contains(await findByRole('status'))).toBe(false);
});
