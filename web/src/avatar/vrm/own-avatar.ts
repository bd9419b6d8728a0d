/**
 * The user's own avatar: chosen from a file, kept in this browser, and removable.
 *
 * Owns one record in IndexedDB. It never leaves this machine. Reading what is kept does not load the 3D parts; only a new
 * file is tried out with them before it is kept.
 */
import { FaceError } from '../problems.ts';

export interface OwnAvatar {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

const DATABASE = 'vivavoce-avatar';
const STORE = 'avatar';
const KEY = 'own';

const listeners = new Set<() => void>();
let revision = 0;

/** Grows whenever another avatar is kept, or none: who shows it begins anew then. */
export function ownAvatarRevision(): number {
  return revision;
}

/** Returns its own undo. */
export function subscribeToOwnAvatar(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/**
 * Tries the file out and keeps it in place of any other.
 *
 * @throws FaceError `vrm_too_large`, `vrm_unreadable`, or `vrm_not_kept` when the browser has no room for it.
 */
export async function keepOwnAvatar(file: File): Promise<void> {
  const { freeVrm, LARGEST_BYTES, loadVrm } = await import('./load-vrm.ts');
  if (file.size > LARGEST_BYTES) throw new FaceError('vrm_too_large');
  const bytes = await file.arrayBuffer();
  freeVrm(await loadVrm(bytes));
  const avatar: OwnAvatar = { name: file.name, bytes };
  await keeping((store) => store.put(avatar, KEY), 'readwrite');
  tell();
}

/** Null when there is none. */
export async function ownAvatar(): Promise<OwnAvatar | null> {
  const found = await keeping<unknown>((store) => store.get(KEY), 'readonly');
  return isAvatar(found) ? found : null;
}

export async function removeOwnAvatar(): Promise<void> {
  await keeping((store) => store.delete(KEY), 'readwrite');
  tell();
}

function tell(): void {
  revision += 1;
  for (const listener of listeners) listener();
}

function isAvatar(value: unknown): value is OwnAvatar {
  return typeof value === 'object' && value !== null && 'name' in value && 'bytes' in value;
}

/** One request in a transaction of its own; everything is closed before it returns. */
async function keeping<Result>(
  ask: (store: IDBObjectStore) => IDBRequest<Result>,
  mode: IDBTransactionMode,
): Promise<Result> {
  const database = await opened();
  try {
    const transaction = database.transaction(STORE, mode);
    const request = ask(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => {
        resolve();
      };
      transaction.onabort = () => {
        reject(new FaceError('vrm_not_kept', transaction.error));
      };
    });
    return request.result;
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => {
      reject(new FaceError('vrm_not_kept', cause));
    };
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(STORE);
      };
      request.onsuccess = () => {
        resolve(request.result);
      };
      request.onerror = () => {
        fail(request.error);
      };
    } catch (error) {
      // Some browsers have no storage at all in private windows.
      fail(error);
    }
  });
}
