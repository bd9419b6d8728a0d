/**
 * A dialog over all the rest, for as long as it is on the page.
 *
 * Owns the focus, which it takes and gives back, and what closes it: Escape, and a click beside it. Refuses to know what is
 * in it.
 */
import { useEffectEvent, useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';

interface ModalProps {
  readonly className: string;
  readonly testId: string;
  /** The id of the element that names it. */
  readonly labelledBy: string;
  /** `alertdialog` where it asks for an answer. */
  readonly role?: 'dialog' | 'alertdialog';
  /** It is to be taken off the page. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Where the focus goes when what had it is not there any more. */
const PAGE = 'conversation';

export function Modal({ className, testId, labelledBy, role, onClose, children }: ModalProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const isPressedBeside = useRef(false);
  const close = useEffectEvent(onClose);
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return undefined;
    const gone = new AbortController();
    // Not React's own: its close events rise, and a question's would close the room that it was asked in.
    element.addEventListener(
      'close',
      () => {
        // It comes a moment late: it may have been opened again.
        if (!element.open) close();
      },
      { signal: gone.signal },
    );
    element.showModal();
    return () => {
      gone.abort();
      // While it is still on the page: a dialog that is only taken off gives no focus back.
      element.close();
      if (document.activeElement === document.body) document.getElementById(PAGE)?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={className}
      data-testid={testId}
      role={role}
      aria-labelledby={labelledBy}
      onPointerDown={({ target, currentTarget }) => {
        isPressedBeside.current = target === currentTarget;
      }}
      onClick={({ target, currentTarget }) => {
        // Only the backdrop is the dialog itself; who marks words and lets go beside it has not left.
        if (target === currentTarget && isPressedBeside.current) onClose();
      }}
    >
      {children}
    </dialog>
  );
}
