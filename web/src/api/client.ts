/**
 * Asks the server over HTTP, for everything that is not the conversation itself.
 *
 * Owns the address, the key, the deadline and the shape of a refusal. Refuses to know what is asked for.
 */

/** The server's refusal, in its own words, or why there was no answer. */
export class ApiError extends Error {
  /** The server's code, such as `not_found`; `unreachable` when there was no answer. */
  readonly code: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Which field was refused, such as `name.zh`; null when none is to blame. */
  readonly param: string | null;

  constructor(code: string, message: string, status: number, param: string | null = null) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.param = param;
  }
}

export interface ApiOptions {
  /** Where the page came from; paths are relative to it. */
  readonly base: string;
  /** Read anew for each request. */
  readonly key: () => string | null;
  readonly deadlineMs?: number;
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly signal?: AbortSignal;
  /** Instead of the usual one, for what takes longer. */
  readonly deadlineMs?: number;
  /** Goes through even when the page is being left. */
  readonly keepalive?: boolean;
}

const DEADLINE_MS = 15_000;

export class Api {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /**
   * Returns the answer's JSON, null when it has no body.
   *
   * @throws ApiError when the server refuses, is too slow or is not there.
   */
  async json(path: string, asking: Asking = {}): Promise<unknown> {
    const answer = await this.fetch(path, asking);
    return answer.status === 204 ? null : ((await answer.json()) as unknown);
  }

  /**
   * Returns an answer that is not a refusal; its body may still be on its way.
   *
   * @throws ApiError as {@link json}.
   */
  async fetch(path: string, asking: Asking = {}): Promise<Response> {
    const { base, deadlineMs = DEADLINE_MS } = this.#options;
    const deadline = AbortSignal.timeout(asking.deadlineMs ?? deadlineMs);
    const signal = asking.signal === undefined ? deadline : AbortSignal.any([asking.signal, deadline]);
    let answer: Response;
    try {
      answer = await fetch(addressOf(base, path, asking.query), { ...this.#request(asking), signal });
    } catch (error) {
      asking.signal?.throwIfAborted();
      throw new ApiError('unreachable', error instanceof Error ? error.message : String(error), 0);
    }
    if (!answer.ok) throw await refusal(answer);
    return answer;
  }

  #request({ method = 'GET', body, keepalive = false }: Asking): RequestInit {
    const headers = new Headers();
    const key = this.#options.key();
    if (key !== null) headers.set('Authorization', `Bearer ${key}`);
    if (body === undefined) return { method, headers, keepalive, cache: 'no-store' };
    headers.set('Content-Type', 'application/json');
    return { method, headers, keepalive, cache: 'no-store', body: JSON.stringify(body) };
  }
}

function addressOf(base: string, path: string, query: Asking['query'] = {}): URL {
  const url = new URL(path, base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, `${value}`);
  }
  return url;
}

/** Reads `{"error": {"code", "message"}}`, the shape of every refusal of the server. */
async function refusal(answer: Response): Promise<ApiError> {
  let said: unknown = null;
  try {
    said = await answer.json();
  } catch {
    // Not JSON: something between the page and the server answered; the status says enough.
  }
  const error = isRecord(said) && isRecord(said.error) ? said.error : {};
  const code = typeof error.code === 'string' ? error.code : `http_${answer.status}`;
  const message = typeof error.message === 'string' ? error.message : answer.statusText;
  const param = typeof error.param === 'string' ? error.param : null;
  return new ApiError(code, message, answer.status, param);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
