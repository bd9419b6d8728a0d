/**
 * What follows what for as long as the page is open: devices, tabs, the server's news, the user's going and coming.
 *
 * Every subscription is made here, and undone by the one function returned.
 */
import { listPersonas } from '../api/index.ts';
import { watchDevices } from '../audio/index.ts';
import type { DeviceWatch } from '../audio/index.ts';
import { changedElsewhere, keepMute } from '../conversation/index.ts';
import type { Parts } from './parts.ts';

export interface Following {
  readonly devices: DeviceWatch;
  /** Undoes all of it. */
  readonly end: () => void;
}

export function follow(parts: Parts): Following {
  const ended = new AbortController();
  const askForCharacters = charactersOf(parts, ended.signal);
  const devices = followDevices(parts);
  const undo = [
    () => {
      devices.close();
    },
    ...followState(parts, devices, askForCharacters),
    keepMute(parts.store, sessionStorage),
    parts.keys.subscribe(() => {
      // What one user was shown is not another's to see.
      parts.queries.clear();
      void parts.sync.sync();
      void askForCharacters();
    }),
  ];
  followBrowser(parts, ended.signal);
  void askForCharacters();
  void parts.sync.sync();
  return {
    devices,
    end: () => {
      ended.abort();
      for (const step of undo.reverse()) step();
    },
  };
}

/** Open as long as the page is: devices come and go before a conversation too. */
function followDevices({ conversation }: Parts): DeviceWatch {
  return watchDevices((list) => {
    conversation.setDevices(list);
  });
}

function followState(
  { store, sideSound, ratings }: Parts,
  devices: DeviceWatch,
  askForCharacters: () => Promise<void>,
): readonly (() => void)[] {
  return [
    store.subscribe(({ isHolding }) => {
      if (isHolding) sideSound.stop();
    }),
    store.subscribe(({ microphoneInUse }, before) => {
      if (microphoneInUse !== before.microphoneInUse) devices.refresh();
    }),
    store.subscribe(({ connection }, before) => {
      if (connection.kind !== 'online' || before.connection.kind === 'online') return;
      void askForCharacters();
      void ratings.flush();
    }),
  ];
}

function followBrowser(parts: Parts, signal: AbortSignal): void {
  const { sync, keeper, deletions, elsewhere, serverReturn } = parts;
  window.addEventListener(
    'online',
    () => {
      serverReturn.look();
    },
    { signal },
  );
  document.addEventListener(
    'visibilitychange',
    () => {
      // A page that is out of sight may be ended without another word; back from elsewhere, something may have been
      // chosen there, and the server may be there again.
      if (document.hidden) {
        keeper.flush();
        return;
      }
      serverReturn.look();
      void sync.sync();
    },
    { signal },
  );
  window.addEventListener(
    'storage',
    (event) => {
      deletions.heard(event);
      if (sync.isOurs) elsewhere.take(changedElsewhere(event));
    },
    { signal },
  );
}

/** Asks who there is to talk to; without an answer the page offers no choice, and the conversation goes on without. */
function charactersOf({ api, conversation }: Parts, signal: AbortSignal): () => Promise<void> {
  return async () => {
    const characters = await listPersonas(api).catch(() => []);
    if (characters.length > 0 && !signal.aborted) conversation.setCharacters(characters);
  };
}
