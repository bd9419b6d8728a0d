/** Line drawings for the rooms, like those of the page. */
import type { ReactNode } from 'react';

function drawing(path: string): () => ReactNode {
  return function Drawing() {
    return (
      <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path d={path} />
      </svg>
    );
  };
}

type Drawing = () => ReactNode;

export const SearchIcon: Drawing = drawing('M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5 20 20');
export const BackIcon: Drawing = drawing('M15 5l-7 7 7 7');
export const MoreIcon: Drawing = drawing('M6 12h.01M12 12h.01M18 12h.01');
export const PenIcon: Drawing = drawing('M5 19l1-4L16.5 4.5l3 3L9 18zM14 7l3 3');
export const BinIcon: Drawing = drawing('M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10.5 10.5v5.5M13.5 10.5v5.5');
export const SaveIcon: Drawing = drawing('M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14');
export const PlayIcon: Drawing = drawing('M8 5.5v13l10.5-6.5z');
export const PauseIcon: Drawing = drawing('M8.5 5.5v13M15.5 5.5v13');
