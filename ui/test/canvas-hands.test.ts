import { describe, expect, it } from "vitest";
import { Hands } from "../src/canvas/hands.ts";

function scene() {
  const state = { now: 100_000, active: true, inFrame: true };
  let pass: () => void = () => undefined;
  const waits: number[] = [];
  const hands = new Hands({
    active: () => state.active,
    inFrame: () => state.inFrame,
    now: () => state.now,
    wait: (ms) => {
      waits.push(ms);
      return new Promise((resolve) => { pass = resolve; });
    },
  });
  return { state, hands, waits, pass: () => pass() };
}

describe("the hands in a frame", () => {
  it("are believed at once where nothing was done around it", async () => {
    const { state, hands, waits } = scene();
    expect(await hands.atWork()).toBe(true);
    state.inFrame = false;
    expect(await hands.atWork()).toBe(false);
    Object.assign(state, { inFrame: true, active: false });
    expect(await hands.atWork()).toBe(false);
    expect(waits).toEqual([]);
  });

  it("are not taken for those that did something around it", async () => {
    const { state, hands, waits, pass } = scene();
    hands.here();
    state.now += 1_000;
    const forged = hands.atWork();
    expect(waits).toEqual([4_100]);
    state.active = false;
    pass();
    expect(await forged).toBe(false);
  });

  it("are believed once the browser can mean nothing else", async () => {
    const { state, hands, pass } = scene();
    hands.here("a");
    state.now += 1_000;
    const pressed = hands.atWork();
    pass();
    expect(await pressed).toBe(true);
    const unsure = hands.atWork();
    hands.here("b");
    pass();
    expect(await unsure).toBe(false);
    state.now += 5_100;
    expect(await hands.atWork()).toBe(true);
  });

  it("did not type what went into the frame by theft", async () => {
    const { state, hands, waits, pass } = scene();
    hands.here("a");
    state.now += 400;
    expect(hands.isTheft()).toBe(true);
    const forged = hands.atWork();
    expect(waits).toEqual([5_100]);
    state.active = false;
    pass();
    expect(await forged).toBe(false);
  });

  it("do not take the focus from somebody who types", () => {
    const { state, hands } = scene();
    expect(hands.isTheft()).toBe(false);
    hands.here("a");
    expect(hands.isTheft()).toBe(true);
    state.inFrame = false;
    expect(hands.isTheft()).toBe(false);
    state.inFrame = true;
    hands.here("Tab");
    expect(hands.isTheft()).toBe(false);
    hands.here("a");
    state.now += 1_000;
    expect(hands.isTheft()).toBe(false);
  });
});
