/** A text in which the words of a search are marked. */
import type { ReactNode } from 'react';

import { highlight } from './highlight.ts';

export function Marked({ text, query }: { readonly text: string; readonly query: string }): ReactNode {
  return highlight(text, query).map((piece, place) =>
    // A piece is what stands at its place, and nothing else: its place is its identity.
    piece.isHit ? <mark key={place}>{piece.text}</mark> : piece.text,
  );
}
