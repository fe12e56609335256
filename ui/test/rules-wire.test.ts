import { describe, expect, test } from "vitest";
import { effective, hasOwn, inherited, isOpen, mayAsk, ownOf, sentencesOf } from "../src/state/rule-words.ts";
import { strings } from "../src/strings.ts";
import { ANY_AGENT, DEFAULTS, readPolicy, type Rules, withoutEntry, withRules } from "../src/wire/rules.ts";
import { golden } from "./golden.ts";

const told = golden("exec.approvals.get.result");
const policy = readPolicy(told);
const words = strings.approvals.rules;

type File = { defaults: object; agents: Record<string, { allowlist: unknown[] }> };
const copy = (): File => structuredClone(told.file) as File;

describe("the rules for programs", () => {
  test("are read with every entry that was allowed for ever", () => {
    expect(policy.defaults).toEqual({ security: "allowlist", ask: "on-miss", fallback: "deny" });
    expect(policy.agents).toEqual([
      {
        agent: "main",
        own: { security: "allowlist", ask: "on-miss", fallback: "deny" },
        remembered: [{
          agent: "main", id: "3f0c1f5e-6d0e-4a58-9a4e-0f6f3a1d2b77", path: "/usr/bin/ls", sha256: "07".repeat(32), argv: ["ls", "-l"], cwd: "/home/user/project",
          addedAt: 1_769_248_700_000, usedAt: 1_769_248_750_000,
        }],
      },
      {
        agent: "*",
        own: { security: undefined, ask: "always", fallback: undefined },
        remembered: [{ agent: "*", id: undefined, path: "/opt/tools/*", sha256: undefined, argv: undefined, cwd: undefined, addedAt: undefined, usedAt: undefined }],
      },
    ]);
    expect(readPolicy(null)).toEqual({ hash: "", file: { version: 1 }, defaults: { security: undefined, ask: undefined, fallback: undefined }, agents: [] });
  });

  test("lose one entry and keep all else, also what we do not know; when it was last used is no matter", () => {
    const [entry] = policy.agents[0]?.remembered ?? [];
    if (!entry) throw new Error("the example has an entry");
    const file = copy();
    file.agents.main!.allowlist = [];
    expect(withoutEntry(policy.file, { ...entry, usedAt: 5 })).toEqual(file);
    expect(withoutEntry(policy.file, { ...entry, argv: ["ls"] })).toEqual(told.file);
    expect(policy.file).toEqual(told.file);
  });

  test("are set for one agent or for all, and keep all else", () => {
    const file = copy();
    file.agents.main = { ...file.agents.main!, ...{ security: "full", ask: "always" } };
    delete (file.agents.main as Record<string, unknown>).askFallback;
    expect(withRules(policy.file, "main", { security: "full", ask: "always" })).toEqual(file);
    expect(withRules(policy.file, DEFAULTS, {})).toEqual({ ...copy(), defaults: { autoAllowSkills: false } });
    expect(withRules(policy.file, "new", { ask: "off" })).toEqual({ ...copy(), agents: { ...copy().agents, new: { ask: "off" } } });
  });
});

describe("what holds for an agent", () => {
  const of = (file: object) => readPolicy({ hash: "h", file: { version: 1, ...file } });

  test("comes from its own rules, then from those of every agent, then from the defaults, then from the gateway", () => {
    const all = of({ defaults: { security: "full" }, agents: { main: { askFallback: "allowlist" }, [ANY_AGENT]: { ask: "always", security: "deny" } } });
    expect(effective(all, "main")).toEqual({ security: "deny", ask: "always", fallback: "allowlist" });
    expect(inherited(all, "main")).toEqual({ security: "deny", ask: "always", fallback: "deny" });
    expect(effective(all, ANY_AGENT)).toEqual({ security: "deny", ask: "always", fallback: "deny" });
    expect(effective(all, DEFAULTS)).toEqual({ security: "full", ask: "on-miss", fallback: "deny" });
    expect(effective(of({}), "main")).toEqual({ security: "allowlist", ask: "on-miss", fallback: "deny" });
    expect([hasOwn(ownOf(all, "main")), hasOwn(ownOf(all, "work"))]).toEqual([true, false]);
  });

  // As crates/core/src/exec/policy.rs decides.
  test("is told in sentences, without those that another rule makes void", () => {
    const said = (security: string, ask: string, fallback = "deny"): readonly string[] => sentencesOf({ security, ask, fallback });
    expect(said("deny", "always")).toEqual([words.nothingRuns]);
    expect(said("full", "on-miss")).toEqual([words.everythingRuns]);
    expect(said("full", "off")).toEqual([words.everythingRuns]);
    expect(said("full", "always", "full")).toEqual([words.alwaysAsked, words.silenceIsAllowlist]);
    expect(said("allowlist", "always")).toEqual([words.alwaysAsked, words.silenceIsNo]);
    expect(said("allowlist", "off")).toEqual([words.allowedRuns, words.neverAsked]);
    expect(said("allowlist", "on-miss", "allowlist")).toEqual([words.allowedRuns, words.askedElse, words.silenceIsNo]);
  });

  test("is open where everything runs unasked, and asks where anything may be asked", () => {
    const all = ["deny", "allowlist", "full"].flatMap((security) => ["off", "on-miss", "always"].map((ask): Required<Rules> => ({ security, ask, fallback: "deny" })));
    const name = ({ security, ask }: Rules): string => `${security} ${ask}`;
    expect(all.filter(isOpen).map(name)).toEqual(["full off", "full on-miss"]);
    expect(all.filter(mayAsk).map(name)).toEqual(["allowlist on-miss", "allowlist always", "full always"]);
  });
});
