/** Questions asked of the state. */
import type { ServiceComponent, WireTurnState } from '../protocol/index.ts';
import type { ConversationState, ProblemCode, ToolUse, Utterance } from './model.ts';
import { replyUnderWay, retoldText } from './utterances.ts';

/** The line under the state: what is going on, or what to do next. */
export type Hint =
  | 'start'
  | 'starting'
  | 'connecting'
  | 'reconnecting'
  | 'speak'
  | 'hold'
  | 'release'
  | 'muted'
  | 'type'
  | 'thinking'
  | 'interrupt_by_voice'
  | 'interrupt'
  | 'see_problem';

/** What the big indicator shows. */
export interface Stage {
  readonly state: WireTurnState;
  readonly hint: Hint;
}

/** A new session is told of no more than this; a small model could not hold more. */
const RETOLD_UTTERANCES = 40;
const RETOLD_CHARACTERS = 8000;

const BLOCKING = new Set<ProblemCode>([
  'no_microphone',
  'permission_denied',
  'microphone_busy',
  'insecure_origin',
  'unsupported_browser',
  'gave_up',
  'unauthorised',
  'capacity',
  'elsewhere',
  'refused',
  'page_error',
]);

/** Whether a problem keeps the conversation from starting or going on. */
export function isBlocking(code: ProblemCode): boolean {
  return BLOCKING.has(code);
}

/** What the page is doing, in one of the five states a person can tell apart. */
export function stageOf(state: ConversationState): Stage {
  if (state.problems.some(({ code }) => isBlocking(code))) return { state: 'error', hint: 'see_problem' };
  if (state.phase !== 'running')
    return { state: 'idle', hint: state.phase === 'stopped' ? 'start' : 'starting' };
  if (state.connection.kind !== 'online') {
    return { state: 'idle', hint: state.connection.kind === 'reconnecting' ? 'reconnecting' : 'connecting' };
  }
  if (state.isHolding) return { state: 'listening', hint: 'release' };
  return turnStage(state);
}

function turnStage(state: ConversationState): Stage {
  switch (state.turn) {
    case 'processing':
      return { state: 'processing', hint: 'thinking' };
    case 'speaking':
      // A reply on hold leaves the floor to whoever may be speaking.
      if (replyUnderWay(state)?.isHeld === true) return { state: 'listening', hint: 'speak' };
      return {
        state: 'speaking',
        hint: isHearing(state) && state.preferences.bargeIn ? 'interrupt_by_voice' : 'interrupt',
      };
    case 'error':
      return { state: 'error', hint: 'see_problem' };
    case 'idle':
    case 'listening':
      return waitingStage(state);
  }
}

/** Whether the server hears the user without a button being held. */
function isHearing({ hasMicrophone, isMuted, preferences }: ConversationState): boolean {
  return hasMicrophone && !isMuted && preferences.mode === 'hands-free';
}

/** Nobody's turn: whether the page really listens depends on the microphone. */
function waitingStage({ hasMicrophone, isMuted, preferences, turn }: ConversationState): Stage {
  if (!hasMicrophone) return { state: 'idle', hint: 'type' };
  if (isMuted) return { state: 'idle', hint: 'muted' };
  if (preferences.mode === 'push-to-talk') return { state: 'idle', hint: 'hold' };
  return { state: turn, hint: 'speak' };
}

/** Whether there is a reply to cut short. */
export function canInterrupt({ connection, turn, utterances }: ConversationState): boolean {
  if (connection.kind !== 'online') return false;
  const last = utterances.at(-1);
  const isReplying = last?.speaker === 'assistant' && last.status === 'live';
  return isReplying || turn === 'processing' || turn === 'speaking';
}

/** Whether holding the push-to-talk button would be heard. */
export function canTalk(state: ConversationState): boolean {
  const { phase, connection, hasMicrophone, isMuted, preferences } = state;
  const isOpen = phase === 'running' && connection.kind === 'online' && hasMicrophone && !isMuted;
  return isOpen && preferences.mode === 'push-to-talk';
}

/** Everything before the present exchange. */
export function pastUtterances(state: ConversationState): readonly Utterance[] {
  return state.utterances.slice(0, liveFrom(state));
}

/**
 * The present exchange: what the user said last, and all that followed; empty while the user says something new. Words
 * beside a reply that goes on begin no exchange of their own.
 */
export function liveUtterances(state: ConversationState): readonly Utterance[] {
  return state.utterances.slice(liveFrom(state));
}

/** The tools used after one utterance and before the next. */
export function toolsBetween(
  { tools }: ConversationState,
  after: number,
  before: number,
): readonly ToolUse[] {
  return tools.filter(({ key }) => after < key && key < before);
}

/** Whom the user chose, if the server has them, else whom it gives to everyone, and the language of the conversation: one that both speak. */
export function partnerOf({ characters, preferences }: ConversationState): {
  readonly character: string;
  readonly language: string;
} {
  const { speech } = preferences;
  const language = speech === 'page' ? preferences.language : speech;
  const chosen =
    characters.find(({ id }) => id === preferences.character) ??
    characters.find(({ isDefault }) => isDefault === true);
  if (chosen === undefined) return { character: '', language };
  const isSpoken = language === 'auto' ? chosen.languages.length > 1 : chosen.languages.includes(language);
  const spoken = isSpoken ? language : chosen.languages[0];
  return { character: chosen.id, language: spoken ?? language };
}

/** What the user is saying, when it is a turn of its own as far as is known. */
export function newWords(state: ConversationState): ConversationState['partial'] {
  return replyUnderWay(state) === undefined ? state.partial : null;
}

function liveFrom(state: ConversationState): number {
  const { phase, utterances, runStart } = state;
  if (phase === 'stopped' || newWords(state) !== null) return utterances.length;
  const lastUser = utterances.findLastIndex(({ speaker, aside }) => speaker === 'user' && aside === 'no');
  const begin = lastUser === -1 ? utterances.length - 1 : lastUser;
  return (utterances[begin]?.key ?? 0) < runStart ? utterances.length : begin;
}

/** What a new session should be told: the newest utterances with words, oldest first. */
export function retellable({
  utterances,
}: ConversationState): readonly { utterance: Utterance; text: string }[] {
  const told: { utterance: Utterance; text: string }[] = [];
  let characters = 0;
  for (const utterance of utterances.slice(-RETOLD_UTTERANCES).toReversed()) {
    const text = retoldText(utterance);
    characters += text.length;
    if (characters > RETOLD_CHARACTERS) break;
    // What was said beside a reply asked for nothing, and is no turn to the model either.
    if (text !== '' && utterance.aside === 'no') told.unshift({ utterance, text });
  }
  return told;
}

/** The engines that are not ready. */
export function ailingComponents({ components }: ConversationState): readonly ServiceComponent[] {
  return components.filter(({ state }) => state !== 'ready');
}
