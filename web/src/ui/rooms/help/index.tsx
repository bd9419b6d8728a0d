/** The help room. */
import type { ReactNode } from 'react';

export default function Room(): ReactNode {
  return null;
}
