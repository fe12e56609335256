/** Where the key pair and the device token rest. The private key never leaves as bytes. */
export interface Vault {
  get<T>(name: VaultSlot): Promise<T | undefined>;
  put(name: VaultSlot, value: unknown): Promise<void>;
  remove(name: VaultSlot): Promise<void>;
}

export type VaultSlot = "keyPair" | "deviceToken";

const DATABASE = "tidegate";
const STORE = "identity";

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB failed"));
  });
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
}

/** The browser's own store; one per origin, so another port sees nothing of it. */
export function indexedDbVault(): Vault {
  let database: Promise<IDBDatabase> | undefined;

  async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    database ??= open();
    return (await database).transaction(STORE, mode).objectStore(STORE);
  }

  return {
    async get<T>(name: VaultSlot) {
      return (await settled((await store("readonly")).get(name))) as T | undefined;
    },
    async put(name, value) {
      await settled((await store("readwrite")).put(value, name));
    },
    async remove(name) {
      await settled((await store("readwrite")).delete(name));
    },
  };
}

/** For tests, and for browsers that keep no storage. */
export function memoryVault(): Vault {
  const slots = new Map<VaultSlot, unknown>();
  return {
    async get<T>(name: VaultSlot) {
      return slots.get(name) as T | undefined;
    },
    async put(name, value) {
      slots.set(name, value);
    },
    async remove(name) {
      slots.delete(name);
    },
  };
}
