/** Asks the server over HTTP who there is to talk to. */

/** Someone to talk to, as `GET /v1/personas` tells. */
export interface ListedCharacter {
  readonly id: string;
  readonly name: string;
  readonly names: Readonly<Record<string, string>>;
  readonly languages: readonly string[];
}

/** Returns none when the server does not tell: the page then offers no choice. */
export async function listCharacters(url: string, key: string | null): Promise<readonly ListedCharacter[]> {
  const headers = key === null ? {} : { Authorization: `Bearer ${key}` };
  try {
    const answer = await fetch(url, { headers, cache: 'no-store', signal: AbortSignal.timeout(5000) });
    return answer.ok ? parseCharacters(await answer.json()) : [];
  } catch {
    // No answer, or none that can be read: the conversation does not depend on it.
    return [];
  }
}

/** Entries that do not fit are left out. */
export function parseCharacters(value: unknown): readonly ListedCharacter[] {
  const data = isRecord(value) ? value.data : null;
  return Array.isArray(data) ? data.filter(isCharacter) : [];
}

function isCharacter(value: unknown): value is ListedCharacter {
  return (
    isRecord(value) &&
    typeof value.id === 'string' &&
    typeof value.name === 'string' &&
    isRecord(value.names) &&
    Object.values(value.names).every((name) => typeof name === 'string') &&
    Array.isArray(value.languages) &&
    value.languages.every((language) => typeof language === 'string')
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
