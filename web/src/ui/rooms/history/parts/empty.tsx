/** What a list says that has nothing in it. */
import type { ReactNode } from 'react';

export function Empty({ title, text }: { readonly title: string; readonly text: string }): ReactNode {
  return (
    <div className="archive-empty" data-testid="room-empty">
      <strong>{title}</strong>
      <p>{text}</p>
    </div>
  );
}
