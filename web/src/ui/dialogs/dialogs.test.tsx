// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { I18nextProvider } from 'react-i18next';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { createTranslations } from '../../i18n/index.ts';
import { AskingButton, Modal } from './index.ts';
import type { Asked } from './question.tsx';

afterEach(cleanup);

function shown(dialog: ReactNode) {
  return render(<I18nextProvider i18n={createTranslations('en')}>{dialog}</I18nextProvider>);
}

describe('a dialog', () => {
  it('should close by a click beside it, and stay when words are marked and let go beside it', () => {
    const close = vi.fn();
    shown(
      <Modal className="m" testId="m" labelledBy="h" onClose={close}>
        <p data-testid="words">Words.</p>
      </Modal>,
    );
    const dialog = screen.getByTestId('m');
    fireEvent.pointerDown(screen.getByTestId('words'));
    fireEvent.click(dialog);
    expect(close).not.toHaveBeenCalled();
    fireEvent.pointerDown(dialog);
    fireEvent.click(dialog);
    expect(close).toHaveBeenCalledOnce();
  });

  it('should be closed before it is taken off, for else the focus is lost', () => {
    const { unmount } = shown(
      <Modal className="m" testId="m" labelledBy="h" onClose={vi.fn()} children="" />,
    );
    const dialog = screen.getByTestId<HTMLDialogElement>('m');
    let wasOnPage = false;
    vi.spyOn(dialog, 'close').mockImplementation(() => {
      wasOnPage = dialog.isConnected;
    });
    unmount();
    expect(wasOnPage).toBe(true);
  });

  it('should not close the one around it', () => {
    const close = vi.fn();
    shown(
      <Modal className="m" testId="m" labelledBy="h" onClose={close}>
        <AskingButton data-testid="ask" question={{ text: 'Lose it?', yes: 'Lose it' }} onYes={vi.fn()} />
      </Modal>,
    );
    fireEvent.click(screen.getByTestId('ask'));
    act(() => {
      screen.getByTestId<HTMLDialogElement>('question').close();
    });
    expect(screen.queryByTestId('question')).toBeNull();
    expect(close).not.toHaveBeenCalled();
  });
});

describe('a button that asks', () => {
  it('should do nothing before the answer, and put the focus on the way back', () => {
    const done = vi.fn();
    shown(<AskingButton data-testid="ask" question={{ text: 'Lose it?', yes: 'Lose it' }} onYes={done} />);
    fireEvent.click(screen.getByTestId('ask'));
    const question = screen.getByRole('alertdialog', { name: 'Lose it?' });
    expect(document.activeElement).toBe(screen.getByTestId('question-no'));
    fireEvent.click(screen.getByTestId('question-no'));
    expect(question.isConnected).toBe(false);
    expect(done).not.toHaveBeenCalled();
    fireEvent.click(screen.getByTestId('ask'));
    fireEvent.click(screen.getByText('Lose it'));
    expect(done).toHaveBeenCalledOnce();
  });

  it('should not ask where there is nothing to lose', () => {
    const done = vi.fn();
    shown(<AskingButton data-testid="ask" question={null} onYes={done} />);
    fireEvent.click(screen.getByTestId('ask'));
    expect(done).toHaveBeenCalledOnce();
  });

  it('should go on asking what it asked, though there is nothing to lose by now', () => {
    const done = vi.fn();
    const button = (question: Asked | null): ReactNode => (
      <I18nextProvider i18n={createTranslations('en')}>
        <AskingButton data-testid="ask" question={question} onYes={done} />
      </I18nextProvider>
    );
    const { rerender } = render(button({ text: 'Lose it?', yes: 'Lose it' }));
    fireEvent.click(screen.getByTestId('ask'));
    rerender(button(null));
    expect(screen.getByTestId('question').textContent).toContain('Lose it?');
    fireEvent.click(screen.getByTestId('question-no'));
    rerender(button({ text: 'Lose it?', yes: 'Lose it' }));
    expect(screen.queryByTestId('question')).toBeNull();
    expect(done).not.toHaveBeenCalled();
  });
});
