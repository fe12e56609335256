/** Cards that are remembered at most; the first opened is forgotten first. */
const REMEMBERED = 200;

const open = new Set<string>();

/** Whether somebody opened the card of a call: it stays so when the call moves from the run to the history. */
export function isCardOpen(id: string): boolean {
  return open.has(id);
}

export function rememberCard(id: string, isOpen: boolean): void {
  open.delete(id);
  if (!isOpen) return;
  open.add(id);
  for (const first of open) {
    if (open.size <= REMEMBERED) return;
    open.delete(first);
  }
}
