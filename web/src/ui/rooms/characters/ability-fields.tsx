/** What a character can do, whatever language it speaks. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useEngines } from '../settings/queries.ts';
import { ChoiceField, RangeField, SelectField, SwitchField, TextField } from '../fields/fields.tsx';
import type { PartProps } from './character-editor.tsx';
import { EXPRESSIONS } from './draft.ts';

export function AbilityFields(props: PartProps): ReactNode {
  const { draft, change, errorOf } = props;
  const { t } = useTranslation();
  return (
    <>
      <RangeField
        name="speed"
        label={t('characters.field.speed')}
        min={0.5}
        max={1.5}
        step={0.05}
        value={draft.speed}
        shown={`× ${draft.speed.toFixed(2)}`}
        error={errorOf('speed')}
        onChange={(speed) => {
          change({ ...draft, speed });
        }}
      />
      <Expressions {...props} />
      <h4>{t('characters.editor.can')}</h4>
      <Tools {...props} />
      <Engine {...props} />
      <SwitchField
        name="memory"
        label={t('characters.field.memory')}
        about={t('characters.field.memory_about')}
        isOn={draft.memory}
        onChange={(memory) => {
          change({ ...draft, memory });
        }}
      />
    </>
  );
}

function Tools({ draft, change, errorOf }: PartProps): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <ChoiceField
        name="tools"
        label={t('characters.field.tools')}
        value={draft.tools}
        options={[
          { value: 'all', label: t('characters.field.tools_all') },
          { value: 'none', label: t('characters.field.tools_none') },
          { value: 'some', label: t('characters.field.tools_some') },
        ]}
        onChange={(tools) => {
          change({ ...draft, tools });
        }}
      />
      {draft.tools === 'some' && (
        <TextField
          name="tool-list"
          label={t('characters.field.tools_list')}
          about={t('characters.field.tools_about')}
          value={draft.toolList}
          error={errorOf('tools')}
          onChange={(toolList) => {
            change({ ...draft, toolList });
          }}
        />
      )}
    </>
  );
}

function Expressions({ draft, change }: PartProps): ReactNode {
  const { t } = useTranslation();
  return (
    <fieldset className="field" data-testid="field-expressions">
      <legend>{t('characters.field.expressions')}</legend>
      <div className="choices">
        {EXPRESSIONS.map((expression) => (
          <label key={expression} className="choice" data-testid={`expression-${expression}`}>
            <input
              type="checkbox"
              className="unseen"
              checked={draft.expressions.includes(expression)}
              onChange={({ target }) => {
                const others = draft.expressions.filter((each) => each !== expression);
                change({ ...draft, expressions: target.checked ? [...others, expression] : others });
              }}
            />
            <span>{t(`characters.expression.${expression}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Engine({ draft, change, errorOf }: PartProps): ReactNode {
  const { t } = useTranslation();
  const { data = [] } = useEngines();
  const isListed = data.some(({ name }) => name === draft.engine);
  return (
    <SelectField
      name="engine"
      label={t('characters.field.engine')}
      value={draft.engine}
      error={errorOf('engine')}
      onChange={(engine) => {
        change({ ...draft, engine });
      }}
    >
      <option value="">{t('characters.field.engine_default')}</option>
      {draft.engine !== '' && !isListed && <option value={draft.engine}>{draft.engine}</option>}
      {data.map(({ name, description }) => (
        <option key={name} value={name}>
          {description === '' ? name : `${name} · ${description}`}
        </option>
      ))}
    </SelectField>
  );
}
