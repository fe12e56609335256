/** Whether an assertion holds before the character at `at`. */
export type Assertion = (text: readonly string[], at: number) => boolean;

/** One step of a compiled pattern. Jumps name steps by their index. */
export type Step =
  | { op: "char"; fits: (char: string) => boolean }
  | { op: "assert"; holds: Assertion }
  | { op: "ahead"; program: Program; wanted: boolean }
  | { op: "split"; to: readonly [number, number] }
  | { op: "jump"; to: number }
  | { op: "match" };

/** A compiled pattern. */
export type Program = readonly Step[];

/** What a run may still cost; shared by the runs inside it. */
export interface Budget {
  steps: number;
}

/** A pattern that takes too many steps for its text. */
export class TooCostly extends Error {}

/**
 * Whether the program matches from `from`, or from any later place unless it is `anchored`. All ways are followed
 * side by side, so that no pattern takes more than steps × characters, however it is written.
 */
export function run(program: Program, text: readonly string[], from: number, anchored: boolean, budget: Budget): boolean {
  let threads = new Set<number>();
  for (let at = from; at <= text.length; at++) {
    if (at === from || !anchored) threads.add(0);
    const next = new Set<number>();
    for (const step of closure(program, threads, text, at, budget)) {
      const one = program[step];
      if (one?.op === "match") return true;
      const char = text[at];
      if (one?.op === "char" && char !== undefined && one.fits(char)) next.add(step + 1);
    }
    threads = next;
    if (anchored && threads.size === 0) return false;
  }
  return false;
}

/** Every step that is reached without taking a character. */
function closure(program: Program, threads: ReadonlySet<number>, text: readonly string[], at: number, budget: Budget): Set<number> {
  const reached = new Set<number>();
  const open = [...threads];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    if (reached.has(step)) continue;
    reached.add(step);
    budget.steps -= 1;
    if (budget.steps < 0) throw new TooCostly();
    const one = program[step];
    if (one?.op === "jump") open.push(one.to);
    else if (one?.op === "split") open.push(...one.to);
    else if (one?.op === "assert" && one.holds(text, at)) open.push(step + 1);
    else if (one?.op === "ahead" && run(one.program, text, at, true, budget) === one.wanted) open.push(step + 1);
  }
  return reached;
}
