/** Small notes that survive a reload. Storage may be full or forbidden: then they do not survive. */
export function recall<T>(storage: () => Storage, name: string, fallback: T): T {
  try {
    const text = storage().getItem(`tidegate.${name}`);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

export function keep(storage: () => Storage, name: string, value: unknown): void {
  try {
    storage().setItem(`tidegate.${name}`, JSON.stringify(value));
  } catch {
    // Nothing is lost but the memory of it.
  }
}

/** Of this tab. */
export const tab = (): Storage => sessionStorage;
/** Of this browser. */
export const browser = (): Storage => localStorage;
