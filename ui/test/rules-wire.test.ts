import { describe, expect, test } from "vitest";
import { readPolicy, withoutEntry } from "../src/wire/rules.ts";
import { golden } from "./golden.ts";

const told = golden("exec.approvals.get.result");
const policy = readPolicy(told);

describe("the rules for programs", () => {
  test("are read with every entry that was allowed for ever", () => {
    expect(policy.defaults).toEqual({ security: "allowlist", ask: "on-miss", fallback: "deny" });
    expect(policy.remembered).toEqual([
      {
        agent: "main", index: 0, id: "3f0c1f5e-6d0e-4a58-9a4e-0f6f3a1d2b77", path: "/usr/bin/ls", sha256: "07".repeat(32), argv: ["ls", "-l"], cwd: "/home/user/project",
        addedAt: 1_769_248_700_000, usedAt: 1_769_248_750_000,
      },
      { agent: "*", index: 0, id: undefined, path: "/opt/tools/*", sha256: undefined, argv: undefined, cwd: undefined, addedAt: undefined, usedAt: undefined },
    ]);
    expect(readPolicy(null)).toEqual({ hash: "", file: { version: 1 }, defaults: { security: undefined, ask: undefined, fallback: undefined }, remembered: [] });
  });

  test("lose one entry and keep all else, also what we do not know", () => {
    const [first] = policy.remembered;
    if (!first) throw new Error("the example has an entry");
    const file = structuredClone(told.file) as { agents: { main: { allowlist: unknown[] } } };
    file.agents.main.allowlist = [];
    expect(withoutEntry(policy.file, first)).toEqual(file);
    expect(policy.file).toEqual(told.file);
  });
});
