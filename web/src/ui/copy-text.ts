/** Puts words on the clipboard, also where the browser's newer way is closed. */

/** Returns whether it was done; call it within the user's click. */
export async function copyText(text: string): Promise<boolean> {
  // Typed as always there; a page that is not secure lacks it.
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed: the older way may still be.
    }
  }
  return copyBySelection(text);
}

/** The copy command takes what is selected: for a moment that is a field nobody sees. */
function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  let isDone = false;
  const take = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    isDone = true;
  };
  document.addEventListener('copy', take, { once: true });
  // Deprecated, and the only way without a secure page.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  document.execCommand('copy');
  document.removeEventListener('copy', take);
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return isDone;
}
