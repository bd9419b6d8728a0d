/** The fields of the rooms' forms: a label, a control, a line of explanation, and what is wrong with it. */
import { useId } from 'react';
import type { ReactNode } from 'react';

import './fields.css';

interface FieldText {
  readonly label: string;
  /** What it does, in a line. */
  readonly about?: string;
}

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly about?: string;
}

interface ChoiceProps<Value extends string> extends FieldText {
  readonly name: string;
  readonly options: readonly Option<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One of a few. */
export function ChoiceField<Value extends string>(props: ChoiceProps<Value>): ReactNode {
  const { name, label, about, options, value: chosen, onChange } = props;
  const id = useId();
  return (
    <fieldset className="field" data-testid={`field-${name}`} data-value={chosen} aria-describedby={id}>
      <legend>{label}</legend>
      <div className="choices">
        {options.map(({ value, label: text }) => (
          <label key={value} className="choice" data-testid={`${name}-${value}`}>
            <input
              type="radio"
              name={id}
              className="unseen"
              checked={value === chosen}
              onChange={() => {
                onChange(value);
              }}
            />
            <span>{text}</span>
          </label>
        ))}
      </div>
      <About id={id} text={options.find(({ value }) => value === chosen)?.about ?? about} />
    </fieldset>
  );
}

interface SwitchProps extends FieldText {
  readonly name: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** On or off. */
export function SwitchField({ name, label, about, isOn, onChange }: SwitchProps): ReactNode {
  const id = useId();
  return (
    <div className="field switch-field">
      <label>
        <span className="field-label">{label}</span>
        <input
          type="checkbox"
          role="switch"
          className="switch"
          data-testid={`field-${name}`}
          aria-describedby={id}
          checked={isOn}
          onChange={({ target }) => {
            onChange(target.checked);
          }}
        />
      </label>
      <About id={id} text={about} />
    </div>
  );
}

interface SelectProps extends FieldText {
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | undefined;
  readonly children: ReactNode;
}

/** One of many; `children` are the options. */
export function SelectField(props: SelectProps): ReactNode {
  const { name, label, about, value, onChange, error, children } = props;
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        data-testid={`field-${name}`}
        value={value}
        aria-describedby={`${id}-about`}
        aria-invalid={error !== undefined}
        onChange={({ target }) => {
          onChange(target.value);
        }}
      >
        {children}
      </select>
      <About id={`${id}-about`} text={about} error={error} />
    </div>
  );
}

interface RangeProps extends FieldText {
  readonly name: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value in words. */
  readonly shown: string;
  readonly onChange: (value: number) => void;
  readonly error?: string | undefined;
}

/** How much of something. */
export function RangeField(props: RangeProps): ReactNode {
  const { name, label, about, value, min, max, step, shown, onChange, error } = props;
  const id = useId();
  return (
    <div className="field">
      <div className="range-head">
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
        <output htmlFor={id}>{shown}</output>
      </div>
      <input
        id={id}
        type="range"
        data-testid={`field-${name}`}
        {...{ min, max, step, value }}
        aria-valuetext={shown}
        aria-describedby={`${id}-about`}
        onChange={({ target }) => {
          onChange(target.valueAsNumber);
        }}
      />
      <About id={`${id}-about`} text={about} error={error} />
    </div>
  );
}

interface TextProps extends FieldText {
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | undefined;
  /** More than one makes it a larger field. */
  readonly lines?: number;
  readonly language?: string;
  readonly placeholder?: string;
  readonly isReadOnly?: boolean;
}

/** Words. */
export function TextField(props: TextProps): ReactNode {
  const { name, label, about, value, onChange, error, lines = 1, language, placeholder, isReadOnly } = props;
  const id = useId();
  const shared = {
    id,
    value,
    lang: language,
    placeholder,
    readOnly: isReadOnly,
    'data-testid': `field-${name}`,
    'aria-describedby': `${id}-about`,
    'aria-invalid': error !== undefined,
    onChange: ({ target }: { readonly target: { readonly value: string } }) => {
      onChange(target.value);
    },
  } as const;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {lines > 1 ? <textarea rows={lines} {...shared} /> : <input type="text" {...shared} />}
      <About id={`${id}-about`} text={about} error={error} />
    </div>
  );
}

function About({
  id,
  text,
  error,
}: {
  readonly id: string;
  readonly text?: string | undefined;
  readonly error?: string | undefined;
}): ReactNode {
  if (text === undefined && error === undefined) return null;
  return (
    <div id={id} className="field-about">
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      {text !== undefined && <p className="mild">{text}</p>}
    </div>
  );
}
