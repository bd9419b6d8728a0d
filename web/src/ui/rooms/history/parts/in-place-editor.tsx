/** A text that is being changed where it stands: Enter keeps it, Escape leaves it as it was. */
import { useEffect, useRef, useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';

interface InPlaceEditorProps {
  readonly label: string;
  readonly value: string;
  readonly maxLength: number;
  /** Called with a text that is not empty and not what it was. */
  readonly onKeep: (value: string) => void;
  readonly onEnd: () => void;
}

export function InPlaceEditor(props: InPlaceEditorProps): ReactNode {
  const { label, maxLength, onEnd } = props;
  const { t } = useTranslation();
  const { text, setText, isKeepable, keep } = useText(props);
  return (
    <form className="archive-editor" onSubmit={keep}>
      <TextInput label={label} maxLength={maxLength} text={text} onChange={setText} onEscape={onEnd} />
      <button
        type="submit"
        className="archive-button"
        data-kind="main"
        data-testid="edit-keep"
        disabled={!isKeepable}
      >
        {t('archive.save')}
      </button>
      <button type="button" className="archive-button" onClick={onEnd}>
        {t('archive.cancel')}
      </button>
    </form>
  );
}

interface TextInputProps extends Pick<InPlaceEditorProps, 'label' | 'maxLength'> {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onEscape: () => void;
}

/** Selected as a whole at first: whoever types begins anew. */
function TextInput({ label, maxLength, text, onChange, onEscape }: TextInputProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.select();
  }, []);
  return (
    <input
      ref={input}
      data-testid="edit-text"
      aria-label={label}
      value={text}
      maxLength={maxLength}
      autoComplete="off"
      onChange={({ target }) => {
        onChange(target.value);
      }}
      onKeyDown={(event) => {
        // Escape throws away what an input method offers before it means anything here.
        if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
        // It would close the room as well.
        event.preventDefault();
        event.stopPropagation();
        onEscape();
      }}
    />
  );
}

interface Text {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly isKeepable: boolean;
  readonly keep: (event: SyntheticEvent) => void;
}

function useText({ value, onKeep, onEnd }: InPlaceEditorProps): Text {
  const [text, setText] = useState(value);
  const tidy = text.replace(/\s+/g, ' ').trim();
  const keep = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (tidy !== '' && tidy !== value) onKeep(tidy);
    onEnd();
  };
  return { text, setText, isKeepable: tidy !== '', keep };
}
