/** Which reply engine answers, and choosing another. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult } from '@tanstack/react-query';

import { switchEngine } from '../../../api/index.ts';
import type { EngineScope, ReplyEngine } from '../../../api/index.ts';
import { useApi } from '../../page-context.ts';
import { useIsOwner } from '../use-me.ts';
import { useEngines } from './queries.ts';

export function EngineSection(): ReactNode {
  const { t } = useTranslation();
  const { data: engines, error } = useEngines();
  const scope = useScope();
  const choosing = useChoosing(scope);
  const { variables: wanted } = choosing;
  if (error !== null) return <p role="alert">{t('preferences.failed', { reason: error.message })}</p>;
  return (
    <>
      <p className="mild">
        {t(scope === 'server' ? 'preferences.engine.about_owner' : 'preferences.engine.about_own')}
      </p>
      <fieldset className="field engines" data-testid="engines">
        <legend className="unseen">{t('preferences.engine.choose')}</legend>
        {engines?.map((engine) => (
          <EngineOption
            key={engine.name}
            engine={engine}
            isChosen={scope === 'server' ? engine.isCurrent : engine.name === wanted}
            isWaiting={choosing.isPending}
            onChoose={() => {
              choosing.mutate(engine.name);
            }}
          />
        ))}
      </fieldset>
      <Outcome
        switched={choosing.isSuccess ? { count: choosing.data, name: wanted ?? '' } : null}
        refusal={choosing.error?.message ?? ''}
      />
    </>
  );
}

/** Whom the user may choose for. */
function useScope(): EngineScope {
  return useIsOwner() ? 'server' : 'own';
}

function useChoosing(scope: EngineScope): UseMutationResult<number | null, Error, string> {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (engine: string) => switchEngine(api, engine, scope),
    onSettled: () => queries.invalidateQueries({ queryKey: ['engines'] }),
  });
}

/** What came of a choice; `count` tells in how many conversations, null for everybody's. */
function Outcome({
  switched,
  refusal,
}: {
  readonly switched: { readonly count: number | null; readonly name: string } | null;
  readonly refusal: string;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <p role="status">
        {switched !== null &&
          (switched.count === 0
            ? t('preferences.engine.none_own')
            : t('preferences.engine.switched', { name: switched.name }))}
      </p>
      {refusal !== '' && (
        <p className="note" data-tone="error" role="alert">
          {t('preferences.engine.refused', { reason: refusal })}
        </p>
      )}
    </>
  );
}

interface OptionProps {
  readonly engine: ReplyEngine;
  readonly isChosen: boolean;
  readonly isWaiting: boolean;
  readonly onChoose: () => void;
}

function EngineOption({ engine, isChosen, isWaiting, onChoose }: OptionProps): ReactNode {
  const { t } = useTranslation();
  const { name, description, model, hasMemory, hasTools, problem } = engine;
  const facts = [
    model,
    hasMemory && t('preferences.engine.remembers'),
    hasTools && t('preferences.engine.tools'),
  ];
  return (
    <label className="engine" data-testid={`engine-${name}`} data-chosen={isChosen}>
      <input
        type="radio"
        name="engine"
        checked={isChosen}
        disabled={problem !== '' || isWaiting}
        onChange={onChoose}
      />
      <span className="engine-words">
        <span className="field-label">{name}</span>
        {description !== '' && <span>{description}</span>}
        <span className="mild">{facts.filter((fact) => fact !== false && fact !== '').join(' · ')}</span>
        {problem !== '' && <span className="field-error">{problem}</span>}
      </span>
    </label>
  );
}
