/**
 * Says to a screen reader, once and politely, what the eye sees at a glance: whose turn it is, what was understood, and
 * what needs an answer. A reply that is spoken is not said a second time.
 */
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { captionOf, stageOf } from '../state/index.ts';
import type { ConversationState, Stage, Utterance } from '../state/index.ts';
import { useConversation } from './page-context.ts';

/** Thinking and speaking pass by themselves, and are heard. */
const QUIET: readonly Stage['state'][] = ['processing', 'speaking'];

/** What is true for less than this is not worth a word: turns that change hands, a hold that is taken back. */
const SETTLED_MS = 600;

export function Announcer(): ReactNode {
  const { t } = useTranslation();
  const { state, hint } = useConversation(stageOf);
  const said = useConversation(lastSaid);
  const asking = useConversation(({ tools }) => tools.find(({ status }) => status === 'asking')?.name);
  const isTurnQuiet = QUIET.includes(state);
  const turn = useSettled(isTurnQuiet ? '' : `${t(`stage.${state}`)}. ${t(`hint.${hint}`)}`);
  return (
    <div className="unseen" data-testid="announcer">
      <p role="status">{turn}</p>
      <p role="status">{said === null ? '' : t(`announce.${said.kind}`, { words: said.words })}</p>
      <p role="alert">{asking === undefined ? '' : t('tool.asking', { name: asking })}</p>
    </div>
  );
}

interface Said {
  readonly kind: 'you' | 'assistant';
  readonly words: string;
}

/** The newest that is complete and was not heard: what the user said, as it was understood, or a reply in writing. */
function lastSaid({ utterances, runStart, phase }: ConversationState): Said | null {
  if (phase !== 'running') return null;
  const last = utterances.findLast((utterance) => utterance.key >= runStart && isWorthSaying(utterance));
  if (last === undefined) return null;
  return { kind: last.speaker === 'user' ? 'you' : 'assistant', words: captionOf(last).heard };
}

function isWorthSaying({ speaker, source, status, voice, aside }: Utterance): boolean {
  if (status !== 'done' || aside !== 'no') return false;
  return speaker === 'user' ? source === 'voice' : voice === 'none';
}

/** The text once it has stood for a moment; the one before until then. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(text);
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return settled;
}
