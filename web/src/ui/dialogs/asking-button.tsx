/** A button that asks before it does something. */
import { useState } from 'react';
import type { ComponentPropsWithoutRef, ReactNode } from 'react';

import { Question } from './question.tsx';
import type { Asked } from './question.tsx';

interface AskingButtonProps extends Omit<ComponentPropsWithoutRef<'button'>, 'onClick' | 'type'> {
  readonly 'data-testid': string;
  /** Null while there is nothing to lose: it is done at once. */
  readonly question: Asked | null;
  readonly onYes: () => void;
}

export function AskingButton({ question, onYes, ...button }: AskingButtonProps): ReactNode {
  // The question of the click: what is at stake may change while somebody reads it.
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <>
      <button
        type="button"
        {...button}
        onClick={() => {
          if (question === null) onYes();
          else setAsked(question);
        }}
      />
      {asked !== null && (
        <Question
          {...asked}
          onNo={() => {
            setAsked(null);
          }}
          onYes={() => {
            setAsked(null);
            onYes();
          }}
        />
      )}
    </>
  );
}
