/** Changes to the list of tools in use. */
import type { Item } from '../protocol/index.ts';
import type { ConversationState, ToolUse } from './model.ts';

const MAX_TOOLS = 200;

/** Takes in a call, a request for consent, or an answer to one; other items are none of these. */
export function addToolItem(state: ConversationState, item: Item): ConversationState {
  switch (item.type) {
    case 'mcp_call':
      return withTool(state, {
        id: item.id,
        name: item.name,
        status: item.outcome === 'open' ? 'running' : item.outcome,
        given: '',
      });
    case 'mcp_approval_request':
      return withTool(state, { id: item.id, name: item.name, status: 'asking', given: item.arguments });
    case 'mcp_approval_response':
      return answerTool(state, item.approval_request_id, item.approve);
    case 'message':
    case 'other':
      return state;
  }
}

/** A call that was approved shows itself when it runs; one that was not stays as it is. */
export function answerTool(state: ConversationState, id: string, isApproved: boolean): ConversationState {
  if (!isApproved) return changeTool(state, id, 'declined');
  const tools = state.tools.filter((tool) => tool.id !== id);
  return tools.length === state.tools.length ? state : { ...state, tools };
}

export function changeTool(
  state: ConversationState,
  id: string,
  status: ToolUse['status'],
): ConversationState {
  if (!state.tools.some((tool) => tool.id === id)) return state;
  return { ...state, tools: state.tools.map((tool) => (tool.id === id ? { ...tool, status } : tool)) };
}

/** What was under way when the session was lost is not known to have ended well; what was asked has no one to tell. */
export function endTools(state: ConversationState): ConversationState {
  if (state.tools.every(({ status }) => status !== 'running' && status !== 'asking')) return state;
  const tools = state.tools
    .filter(({ status }) => status !== 'asking')
    .map((tool): ToolUse => (tool.status === 'running' ? { ...tool, status: 'failed' } : tool));
  return { ...state, tools };
}

function withTool(state: ConversationState, tool: Omit<ToolUse, 'key'>): ConversationState {
  if (state.tools.some(({ id }) => id === tool.id)) return changeTool(state, tool.id, tool.status);
  const tools = [...state.tools, { ...tool, key: state.nextKey }].slice(-MAX_TOOLS);
  return { ...state, tools, nextKey: state.nextKey + 1 };
}
