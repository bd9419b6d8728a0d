/** Asks for more shortly before the reader gets there. */
import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';

const AHEAD = '300px';

/** @returns what to put on an element at the end of a list. */
export function useNearEnd(onNear: (() => void) | null): RefObject<HTMLDivElement | null> {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = end.current;
    if (element === null || onNear === null || typeof IntersectionObserver === 'undefined') return undefined;
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) onNear();
      },
      { rootMargin: AHEAD },
    );
    watch.observe(element);
    return () => {
      watch.disconnect();
    };
  }, [onNear]);
  return end;
}
