import { expect, test } from "vitest";
import { headingLevels } from "../src/model/headings.ts";
import { drawn, staged, surface09 } from "./fixtures.ts";

const text = (id: string, variant: string) => ({ id, component: "Text", text: id, variant });

test("levels begin below the page's own, never skip one, and hidden places do not count", () => {
  const components = [
    { id: "root", component: "Column", children: ["a", "b", "tabs", "c", "pop", "d"] },
    text("a", "h3"), text("b", "h4"), text("c", "h5"), text("d", "h1"), text("in1", "h5"), text("in2", "h5"), text("note", "body"), text("deep", "h5"),
    { id: "tabs", component: "Tabs", tabs: [{ title: "1", child: "in1" }, { title: "2", child: "in2" }] },
    { id: "pop", component: "Modal", trigger: "note", content: "deep" },
  ];
  const { root } = drawn(staged(...surface09(components)));
  if (!root) throw new Error("nothing drawn");
  const levels = Object.fromEntries([...headingLevels(root)].map(([key, level]) => [key, level]));
  expect(levels).toEqual({ "/0": 2, "/1": 3, "/2/0": 4, "/2/1": 4, "/3": 4, "/4/content": 2, "/4/trigger": 5, "/5": 2 });
});
