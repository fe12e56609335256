const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A random name of small letters and digits. */
export function freshId(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
