/** The list of problems: one of each kind, the newest first. */
import type { WireError } from '../protocol/index.ts';
import type { ConnectionState, ConversationState, Problem, ProblemCode } from './model.ts';
import { partnerOf } from './selectors.ts';

/** The server has no such character, of which it tells before it hangs up, or in reply to settings. */
export const CHARACTER_NOT_FOUND = 'persona_not_found';

/** Errors that say what the page already knows or did on purpose. */
const NOT_NEWS = new Set([
  'response_cancel_not_active',
  'input_audio_buffer_commit_empty',
  'item_create_duplicate_item_id',
  // These end the connection, which tells it better.
  'unauthorised',
  'unauthorized',
  'invalid_api_key',
  'capacity',
  'session_limit_reached',
  'conversation_taken_over',
  'conversation_not_found',
]);

const MODEL_MISSING =
  /^(model|weights|engine|stt|llm|tts|vad)_(missing|not_found|unavailable|not_installed)$/;

/** Problems of the link to the server: at most one at a time. */
const LINK_PROBLEMS = ['server_gone', 'gave_up', 'unauthorised', 'capacity', 'elsewhere', 'refused'] as const;

/** Returns null for an error the user need not see. */
export function problemOfError({ code, message }: WireError): Problem | null {
  if (NOT_NEWS.has(code)) return null;
  return { code: MODEL_MISSING.test(code) ? 'model_missing' : 'server_error', detail: message };
}

export function raise(state: ConversationState, problem: Problem): ConversationState {
  const others = state.problems.filter(({ code }) => code !== problem.code);
  return { ...state, problems: [problem, ...others] };
}

/** Takes problems off the list. */
export function settle(state: ConversationState, codes: readonly ProblemCode[]): ConversationState {
  const remaining = state.problems.filter(({ code }) => !codes.includes(code));
  return remaining.length === state.problems.length ? state : { ...state, problems: remaining };
}

/** Keeps the list in step with the link. */
export function raiseForConnection(state: ConversationState, connection: ConnectionState): ConversationState {
  const settled = settle(state, LINK_PROBLEMS);
  switch (connection.kind) {
    case 'reconnecting':
      return raise(settled, { code: 'server_gone', detail: '' });
    case 'failed':
      return raise(settled, { code: 'gave_up', detail: '' });
    case 'refused':
      return raiseRefusal(settled, connection.cause);
    case 'offline':
    case 'connecting':
    case 'online':
      return settled;
  }
}

/** What the server said before it hung up belongs to the refusal. */
function raiseRefusal(state: ConversationState, cause: ProblemCode): ConversationState {
  if (cause !== 'refused') return raise(state, { code: cause, detail: '' });
  const said = state.problems.find(({ code }) => code === 'server_error')?.detail ?? '';
  return raise(settle(state, ['server_error']), { code: cause, detail: said });
}

/** Goes on with the server's own character, and says so; whoever is not listed is not asked for. */
export function loseCharacter(state: ConversationState): ConversationState {
  const { character } = partnerOf(state);
  if (character === '') return state;
  const characters = state.characters.filter(({ id }) => id !== character);
  return raise({ ...state, characters }, { code: 'character_gone', detail: '' });
}
