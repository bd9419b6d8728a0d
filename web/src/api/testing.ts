/** A server for tests of what asks it: answers by a table, and records what it was asked. */
import { vi } from 'vitest';

import { Api } from './client.ts';

export interface Asked {
  readonly method: string;
  /** Path and query, from the server's root. */
  readonly path: string;
  readonly body: unknown;
}

type Answering = (asked: Asked) => unknown;

/** A refusal as the server words it. */
export class Refusal {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    this.status = status;
    this.code = code;
  }
}

/** Call `vi.unstubAllGlobals` when the test is over. */
export class FakeRest {
  readonly asked: Asked[] = [];
  readonly api: Api = new Api({ base: 'http://server/', key: () => 'sesame' });
  /** What is answered, at once or later: JSON, a Response, a Refusal, or an Error for no answer. */
  answer: Answering;

  constructor(answer: Answering) {
    this.answer = answer;
    vi.stubGlobal('fetch', (url: URL, init: RequestInit) => this.#fetch(url, init));
  }

  /** What was asked with one method, oldest first. */
  of(method: string): readonly Asked[] {
    return this.asked.filter((asked) => asked.method === method);
  }

  async #fetch(url: URL, { method = 'GET', body, signal }: RequestInit): Promise<Response> {
    if (signal?.aborted === true) throw new DOMException('aborted', 'AbortError');
    const asked = {
      method,
      path: url.pathname + url.search,
      body: typeof body === 'string' ? (JSON.parse(body) as unknown) : null,
    };
    this.asked.push(asked);
    const answer = await this.answer(asked);
    if (answer instanceof Error) throw answer;
    if (answer instanceof Response) return answer;
    if (answer instanceof Refusal) {
      const error = { code: answer.code, message: answer.code };
      return Response.json({ error }, { status: answer.status });
    }
    return Response.json(answer);
  }
}
