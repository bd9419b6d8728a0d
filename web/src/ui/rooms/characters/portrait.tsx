/** A small picture of a character, in the colours of its face. */
import type { CSSProperties, ReactNode } from 'react';

import { lookFor } from '../../../avatar/looks.ts';

/** Where the hair ends, by how it is worn. */
const HAIR = {
  bob: 'M9 24C9 12 15 6 24 6s15 6 15 18v9h-5V22c-7-1-14-1-20 0v11H9z',
  buns: 'M11 22C11 12 16 7 24 7s13 5 13 15c-8-3-18-3-26 0zM8 13a5 5 0 1 0 8-5 5 5 0 0 0-8 5zm24-5a5 5 0 1 0 8 5 5 5 0 0 0-8-5z',
  crop: 'M11 22C10 12 16 6 24 6s14 6 13 16c-2-4-4-6-6-7-5 2-12 2-15 1-2 1-4 3-5 6z',
  curls:
    'M10 25c-4-3-2-8 1-9-1-5 4-8 8-6 3-4 9-3 11 0 5-1 8 3 7 6 3 2 4 7 1 9-1-4-3-7-5-8-6 2-13 2-18 0-2 2-4 4-5 8z',
} as const;

export function Portrait({ id }: { readonly id: string }): ReactNode {
  const look = lookFor(id);
  const style: CSSProperties = { backgroundColor: look.accent };
  return (
    <svg className="portrait" viewBox="0 0 48 48" aria-hidden="true" focusable="false" style={style}>
      <path d="M6 48c1-9 8-12 18-12s17 3 18 12z" fill={look.top} />
      <path d="M20 32h8v5c0 2-2 4-4 4s-4-2-4-4z" fill={look.skin} />
      <ellipse cx="24" cy="24" rx="11" ry="12.5" fill={look.skin} />
      <path d={HAIR[look.hairStyle]} fill={look.hair} />
      <circle cx="19.5" cy="25" r="1.5" fill={look.iris} />
      <circle cx="28.5" cy="25" r="1.5" fill={look.iris} />
      <path d="M20.5 31c2 2 5 2 7 0" fill="none" stroke={look.lips} strokeWidth="1.6" strokeLinecap="round" />
    </svg>
  );
}
