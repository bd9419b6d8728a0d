/** Which languages a character speaks, and in which of them its words are being written. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { CloseIcon } from '../../icons.tsx';
import { useConversation } from '../../page-context.ts';
import { SelectField, SwitchField } from '../fields/fields.tsx';
import type { PartProps } from './character-editor.tsx';
import { LANGUAGE_CODES, languageName } from './language-names.ts';

interface LanguageProps extends PartProps {
  readonly shown: string;
  readonly onShow: (language: string) => void;
}

export function LanguageFields(props: LanguageProps): ReactNode {
  const { draft, change, shown, onShow } = props;
  const { t } = useTranslation();
  const page = useConversation(({ preferences }) => preferences.language);
  const setLanguages = (next: readonly string[]): void => {
    change({ ...draft, languages: next });
    if (!next.includes(shown)) onShow(next[0] ?? page);
  };
  return (
    <>
      <fieldset className="field" data-testid="field-languages">
        <legend>{t('characters.field.languages')}</legend>
        <LanguageList languages={draft.languages} page={page} onChange={setLanguages} />
        <AddLanguage {...props} page={page} onChange={setLanguages} />
      </fieldset>
      {draft.languages.length > 1 && (
        <>
          <SwitchField
            name="switches"
            label={t('characters.field.switches')}
            isOn={draft.switches}
            onChange={(switches) => {
              change({ ...draft, switches });
            }}
          />
          <LanguageTabs languages={draft.languages} shown={shown} onShow={onShow} />
        </>
      )}
    </>
  );
}

interface ListProps {
  /** The main one first. */
  readonly languages: readonly string[];
  /** The language of the page. */
  readonly page: string;
  readonly onChange: (languages: readonly string[]) => void;
}

function LanguageList({ languages, page, onChange }: ListProps): ReactNode {
  return (
    <ul className="language-list">
      {languages.map((language, place) => (
        <LanguageItem
          key={language}
          language={languageName(language, page)}
          isFirst={place === 0}
          isOnly={languages.length === 1}
          onFirst={() => {
            onChange([language, ...languages.filter((each) => each !== language)]);
          }}
          onRemove={() => {
            onChange(languages.filter((each) => each !== language));
          }}
        />
      ))}
    </ul>
  );
}

function AddLanguage({
  draft: { languages },
  errorOf,
  onShow,
  page,
  onChange,
}: LanguageProps & Omit<ListProps, 'languages'>): ReactNode {
  const { t } = useTranslation();
  return (
    <SelectField
      name="add-language"
      label={t('characters.field.add_language')}
      about={t('characters.field.languages_about')}
      error={errorOf('languages')}
      value=""
      onChange={(language) => {
        onChange([...languages, language]);
        onShow(language);
      }}
    >
      <option value="" disabled>
        …
      </option>
      {LANGUAGE_CODES.filter((code) => !languages.includes(code)).map((code) => (
        <option key={code} value={code}>
          {languageName(code, page)}
        </option>
      ))}
    </SelectField>
  );
}

function LanguageItem({
  language,
  isFirst,
  isOnly,
  onFirst,
  onRemove,
}: {
  readonly language: string;
  readonly isFirst: boolean;
  readonly isOnly: boolean;
  readonly onFirst: () => void;
  readonly onRemove: () => void;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <li>
      <span>{language}</span>
      {isFirst ? (
        <span className="tag">{t('characters.field.first_language')}</span>
      ) : (
        <Tool label={t('characters.field.make_first', { language })} onClick={onFirst}>
          <span aria-hidden="true">↑</span>
        </Tool>
      )}
      {!isOnly && (
        <Tool label={t('characters.field.remove_language', { language })} onClick={onRemove}>
          <CloseIcon />
        </Tool>
      )}
    </li>
  );
}

interface ToolProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function Tool({ label, onClick, children }: ToolProps): ReactNode {
  return (
    <button type="button" className="tool" aria-label={label} title={label} onClick={onClick}>
      {children}
    </button>
  );
}

function LanguageTabs({
  languages,
  shown,
  onShow,
}: {
  readonly languages: readonly string[];
  readonly shown: string;
  readonly onShow: (language: string) => void;
}): ReactNode {
  const { t } = useTranslation();
  const page = useConversation(({ preferences }) => preferences.language);
  return (
    <fieldset className="field">
      <legend>{t('characters.editor.texts')}</legend>
      <div className="choices">
        {languages.map((language) => (
          <label key={language} className="choice" data-testid={`texts-${language}`}>
            <input
              type="radio"
              name="texts"
              className="unseen"
              checked={language === shown}
              onChange={() => {
                onShow(language);
              }}
            />
            <span>{languageName(language, page)}</span>
          </label>
        ))}
      </div>
      <p className="mild field-about">{t('characters.editor.texts_about')}</p>
    </fieldset>
  );
}
