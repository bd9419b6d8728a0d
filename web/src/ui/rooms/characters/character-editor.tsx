/** Writing a character: fetched, changed, saved or thrown away. Owns the order; the fields are in parts of their own. */
import { useState } from 'react';
import type { ComponentProps, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { PersonaCard } from '../../../api/index.ts';
import { useConversation } from '../../page-context.ts';
import { roomLink } from '../use-room.ts';
import { emptyDraft, freeId, textsIn, toDraft } from './draft.ts';
import type { Blame, Draft } from './draft.ts';
import { AbilityFields } from './ability-fields.tsx';
import { EditorFoot } from './editor-foot.tsx';
import { LanguageFields } from './language-fields.tsx';
import { TextFields } from './text-fields.tsx';
import { TextField } from '../fields/fields.tsx';
import { useKeptDraft } from './kept-draft.ts';
import type { KeptDraft } from './kept-draft.ts';
import { usePersona, usePersonas } from './queries.ts';
import { useWriting } from './use-writing.ts';
import type { Writing } from './use-writing.ts';

interface EditorProps {
  /** Null for a new one. */
  readonly id: string | null;
  /** Whose words to begin with; empty for none. */
  readonly from: string;
}

export function CharacterEditor({ id, from }: EditorProps): ReactNode {
  const { t } = useTranslation();
  const page = useConversation(({ preferences }) => preferences.language);
  const { data, isError, error } = usePersona(from);
  const { data: cards } = usePersonas();
  if (isError) {
    return (
      <p className="note" data-tone="error" role="alert">
        {error.message}
      </p>
    );
  }
  if (cards === undefined || (from !== '' && data === undefined)) {
    return <p className="mild">{t('characters.loading')}</p>;
  }
  const fresh = data === undefined ? emptyDraft(page) : toDraft(id ?? '', data.written);
  return <EditorForm id={id} fresh={fresh} cards={cards} />;
}

/** How the fields are given to the parts of the form. */
export interface PartProps {
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
  /** The refusal's words, where it is about this field. */
  readonly errorOf: (field: string, language?: string) => string | undefined;
}

interface FormProps {
  readonly id: string | null;
  readonly fresh: Draft;
  readonly cards: readonly PersonaCard[];
}

function EditorForm(props: FormProps): ReactNode {
  const { t } = useTranslation();
  const { id } = props;
  const { name, savedId, isTaken, shown, show, parts, kept, writing, foot } = useEditor(props);
  return (
    <form className="character-editor" data-testid="character-editor" onSubmit={writing.submit}>
      <a className="back-link" href={roomLink('characters')} data-testid="back">
        {t('characters.editor.back')}
      </a>
      <h3>{id === null ? t('characters.editor.title_new') : t('characters.editor.title_edit', { name })}</h3>
      <Notes isReplacing={isReplacing(cardOf(props))} isRestored={kept.isRestored} />
      {/* What is written while it is being saved would be overwritten by the answer. */}
      <fieldset className="editor-fields" disabled={writing.isSaving}>
        <LanguageFields {...parts} shown={shown} onShow={show} />
        <TextFields {...parts} language={shown} />
        <AbilityFields {...parts} />
        {id === null && <IdField {...parts} id={savedId} isTaken={isTaken} />}
      </fieldset>
      <EditorFoot {...foot} />
    </form>
  );
}

interface Editor {
  readonly name: string;
  /** Under which it is saved. */
  readonly savedId: string;
  /** Whether another has that. */
  readonly isTaken: boolean;
  /** The language whose words are in sight. */
  readonly shown: string;
  readonly show: (language: string) => void;
  readonly parts: PartProps;
  readonly kept: KeptDraft;
  readonly writing: Writing;
  readonly foot: ComponentProps<typeof EditorFoot>;
}

/** What is written, and what can be done with it. */
function useEditor(props: FormProps): Editor {
  const { id, fresh, cards } = props;
  const page = useConversation(({ preferences }) => preferences.language);
  const kept = useKeptDraft(id ?? 'new', fresh);
  const { draft, change, settle } = kept;
  const savedId = id ?? (draft.id === '' ? freeId(nameOf(draft, 'en'), cards) : draft.id);
  const writing = useWriting(savedId, draft, settle);
  const { shown, show } = useShownLanguage(draft, writing.blame);
  // Once it is saved, it is itself among them, until it is shown at its own address.
  const isNew = id === null && !writing.isSaving && !writing.isSaved;
  const isTaken = isNew && cards.some((candidate) => candidate.id === savedId);
  const name = nameOf(draft, page);
  const onChange = (next: Draft): void => {
    writing.forgive();
    change(next);
  };
  const parts = { draft, change: onChange, errorOf: writing.errorOf };
  const foot = { name, isReady: !isTaken, ...footOf(props, kept, writing) };
  return { name, savedId, isTaken, shown, show, parts, kept, writing, foot };
}

/** The language whose words are in sight: a refusal brings those into sight that it is about, once. */
function useShownLanguage(draft: Draft, blame: Blame | null): Pick<Editor, 'shown' | 'show'> {
  const page = useConversation(({ preferences }) => preferences.language);
  const [main = page] = draft.languages;
  const [choice, choose] = useState<{ readonly language: string; readonly despite: Blame | null }>({
    language: main,
    despite: null,
  });
  const blamed = blame === choice.despite ? null : (blame?.language ?? null);
  return {
    // It may be a language that the character does not speak any more.
    shown: [blamed, choice.language].find((each) => each !== null && draft.languages.includes(each)) ?? main,
    show: (language) => {
      choose({ language, despite: blame });
    },
  };
}

function footOf(
  props: FormProps,
  { isDirty, settle }: KeptDraft,
  writing: Writing,
): Omit<Editor['foot'], 'name' | 'isReady'> {
  const throwAway = (): void => {
    settle(props.fresh);
  };
  return {
    isDirty,
    isSaving: writing.isSaving,
    isSaved: writing.isSaved && !isDirty,
    refusal: writing.refusal,
    removal: removalOf(cardOf(props)),
    onDiscard: () => {
      writing.forgive();
      throwAway();
    },
    onRemove: () => {
      writing.remove(throwAway);
    },
  };
}

/** As it is on the server; nothing for a new one. */
function cardOf({ id, cards }: FormProps): PersonaCard | undefined {
  return cards.find((candidate) => candidate.id === id);
}

function Notes({
  isReplacing: isShownAsReplacing,
  isRestored,
}: {
  readonly isReplacing: boolean;
  readonly isRestored: boolean;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {isShownAsReplacing && <p className="note">{t('characters.editor.shipped')}</p>}
      {isRestored && (
        <p className="note" role="status" data-testid="restored">
          {t('characters.editor.restored')}
        </p>
      )}
    </>
  );
}

function IdField({
  draft,
  change,
  errorOf,
  id,
  isTaken,
}: PartProps & { readonly id: string; readonly isTaken: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <TextField
      name="id"
      label={t('characters.field.id')}
      about={t('characters.field.id_about')}
      value={id}
      error={isTaken ? t('characters.field.id_taken') : errorOf('id')}
      onChange={(value) => {
        change({ ...draft, id: value });
      }}
    />
  );
}

/** Whether what is saved takes the place of one that ships. */
function isReplacing(card: PersonaCard | undefined): boolean {
  return card?.isShipped === true && !card.isOwn;
}

function removalOf(card: PersonaCard | undefined): 'delete' | 'restore' | null {
  if (card?.isOwn !== true) return null;
  return card.isShipped ? 'restore' : 'delete';
}

function nameOf(draft: Draft, page: string): string {
  const names = [page, ...draft.languages].map((language) => textsIn(draft, language).name);
  return names.find((name) => name !== '') ?? '';
}
