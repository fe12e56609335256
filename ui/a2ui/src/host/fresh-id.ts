/** An id for an action. `randomUUID` is missing where a page is sandboxed away from a secure context; this is not. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
