// @vitest-environment happy-dom
import { cleanup, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { ANSWERED, ONLINE, said, shown } from './testing.tsx';

/** Keys of the utterances whose turns were drawn. */
const drawn: number[] = [];

vi.mock(import('./tool-lines.tsx'), async (original) => ({
  ...(await original()),
  ToolLines: ({ after }) => {
    drawn.push(after);
    return null;
  },
}));

/** A browser that tells of sizes when the test says so. */
const watching = new Map<Element, () => void>();

class Sizes {
  readonly #tell: () => void;
  constructor(tell: () => void) {
    this.#tell = tell;
  }
  observe(element: Element): void {
    watching.set(element, this.#tell);
  }
  disconnect(): void {
    watching.clear();
  }
}

beforeEach(() => {
  drawn.length = 0;
  vi.stubGlobal('ResizeObserver', Sizes);
});
afterEach(cleanup);

const play = (played: number) => ({ type: 'playout.progress', playhead: { item: 'a1', played } }) as const;

it('should draw only the turn that is spoken while a reply goes on', () => {
  const { tell } = shown(...ONLINE, ...ANSWERED);
  expect(screen.getAllByTestId('turn')).toHaveLength(2);
  const [question, reply] = drawn;
  drawn.length = 0;
  tell(play(120));
  tell(play(140));
  expect(drawn).not.toContain(question);
  expect(drawn).toContain(reply);
});

it('should ask for the size of the page only when it has changed, and then stay at the end', () => {
  const { tell } = shown(...ONLINE, ...ANSWERED);
  const list = screen.getByTestId('history');
  const height = vi.spyOn(list, 'scrollHeight', 'get').mockReturnValue(900);
  tell(play(120), ...said({ type: 'vivavoce.turn.state', state: 'listening', reason: '' }));
  expect(height).not.toHaveBeenCalled();
  const turns = list.querySelector('.turns');
  expect(watching.has(list)).toBe(true);
  if (turns !== null) watching.get(turns)?.();
  expect(list.scrollTop).toBe(900);
});
