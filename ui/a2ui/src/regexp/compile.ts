import { parse, type Tree } from "./parse.ts";
import type { Program, Step } from "./program.ts";

/** Steps of one program and all that it looks ahead with; repeats are written out, and so must end somewhere. */
const MOST_STEPS = 4_000;

interface Room {
  left: number;
}

/** Compiles a pattern. @throws SyntaxError if it is none, or uses what cannot be run in bounded time. */
export function compile(pattern: string): Program {
  return finished(parse(pattern), { left: MOST_STEPS });
}

function finished(tree: Tree, room: Room): Program {
  const steps: Step[] = [];
  emit(tree, steps, room);
  steps.push({ op: "match" });
  return steps;
}

function emit(tree: Tree, steps: Step[], room: Room): void {
  room.left -= 1;
  if (room.left < 0) throw new SyntaxError("the pattern is too long when written out");
  switch (tree.kind) {
    case "char":
      steps.push({ op: "char", fits: tree.fits });
      return;
    case "assert":
      steps.push({ op: "assert", holds: tree.holds });
      return;
    case "ahead":
      steps.push({ op: "ahead", program: finished(tree.inner, room), wanted: tree.wanted });
      return;
    case "sequence":
      for (const item of tree.items) emit(item, steps, room);
      return;
    case "either":
      emitEither(tree.ways, steps, room);
      return;
    case "repeat":
      emitRepeat(tree, steps, room);
  }
}

function emitEither(ways: readonly Tree[], steps: Step[], room: Room): void {
  const [first, ...rest] = ways;
  if (!first) return;
  if (rest.length === 0) return emit(first, steps, room);
  const split = steps.push({ op: "jump", to: 0 }) - 1;
  emit(first, steps, room);
  const leave = steps.push({ op: "jump", to: 0 }) - 1;
  steps[split] = { op: "split", to: [split + 1, steps.length] };
  emitEither(rest, steps, room);
  steps[leave] = { op: "jump", to: steps.length };
}

function emitRepeat({ inner, least, most }: Extract<Tree, { kind: "repeat" }>, steps: Step[], room: Room): void {
  for (let count = 0; count < least; count++) emit(inner, steps, room);
  if (most === Infinity) {
    const split = steps.push({ op: "jump", to: 0 }) - 1;
    emit(inner, steps, room);
    steps.push({ op: "jump", to: split });
    steps[split] = { op: "split", to: [split + 1, steps.length] };
    return;
  }
  const splits: number[] = [];
  for (let count = least; count < most; count++) {
    splits.push(steps.push({ op: "jump", to: 0 }) - 1);
    emit(inner, steps, room);
  }
  for (const split of splits) steps[split] = { op: "split", to: [split + 1, steps.length] };
}
