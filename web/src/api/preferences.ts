/** What the user has set for themselves, as the server keeps it for them. */
import { isRecord } from './client.ts';
import type { Api } from './client.ts';

/** A value, and when it was chosen, in seconds since 1970. */
export interface KeptChoice {
  readonly value: string | number | boolean | null;
  readonly changedAt: number;
}

export interface KeptPreferences {
  /** Whose they are. */
  readonly user: string;
  /** Whether that is the server's owner. */
  readonly isOwner: boolean;
  readonly choices: Readonly<Record<string, KeptChoice>>;
}

const PATH = 'v1/preferences';

/** @throws ApiError */
export async function readPreferences(api: Api, signal?: AbortSignal): Promise<KeptPreferences> {
  return parse(await api.json(PATH, signal === undefined ? {} : { signal }));
}

/**
 * Keeps choices, and returns all that holds then: of two for one name the later one.
 *
 * @throws ApiError
 */
export async function changePreferences(
  api: Api,
  choices: Readonly<Record<string, KeptChoice>>,
): Promise<KeptPreferences> {
  const data = Object.entries(choices).map(([name, { value, changedAt }]) => [
    name,
    { value, changed_at: changedAt },
  ]);
  return parse(
    await api.json(PATH, { method: 'PATCH', body: { data: Object.fromEntries(data) as unknown } }),
  );
}

function parse(value: unknown): KeptPreferences {
  const said = isRecord(value) ? value : {};
  const data = isRecord(said.data) ? said.data : {};
  const choices = Object.entries(data).flatMap(([name, choice]) =>
    isChoice(choice)
      ? [[name, { value: choice.value, changedAt: choice.changed_at } satisfies KeptChoice] as const]
      : [],
  );
  return {
    user: typeof said.user === 'string' ? said.user : '',
    isOwner: said.is_owner === true,
    choices: Object.fromEntries(choices),
  };
}

function isChoice(
  value: unknown,
): value is { readonly value: KeptChoice['value']; readonly changed_at: number } {
  return (
    isRecord(value) &&
    typeof value.changed_at === 'number' &&
    (value.value === null || ['string', 'number', 'boolean'].includes(typeof value.value))
  );
}
