/** Where a room is searched; what is typed counts a moment after the last letter. */
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { CloseIcon } from '../../../icons.tsx';
import { SearchIcon } from './icons.tsx';

const QUIET_MS = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SearchField({ label, value, onChange }: SearchFieldProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="archive-search" role="search">
      <SearchIcon />
      <input
        type="search"
        data-testid="room-search"
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        onChange={({ target }) => {
          onChange(target.value);
        }}
      />
      {value !== '' && (
        <button
          type="button"
          className="archive-icon"
          aria-label={t('archive.clear_search')}
          onClick={() => {
            onChange('');
          }}
        >
          <CloseIcon />
        </button>
      )}
    </div>
  );
}

/** The value as it is once it has not changed for a moment; an empty one counts at once. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(
      () => {
        setSettled(value);
      },
      value === '' ? 0 : QUIET_MS,
    );
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return settled;
}
