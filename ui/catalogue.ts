import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

/** What the page reads of the catalogue of commands, as `src/wire/catalogue.ts` types it. */
const NAME = "virtual:commands";
const SCHEMA = new URL("../crates/protocol/gen/schema.json", import.meta.url);

interface Shape {
  $ref?: string;
  type?: string;
  description?: string;
  items?: Shape | boolean;
  properties?: Record<string, Shape>;
  required?: string[];
}

interface Schema {
  $defs: Record<string, Shape>;
  commands: Record<string, { doc: string; params: Shape; risk: string; queueable: boolean }>;
}

/** Gives the page what the generated schema says of each command of a node: what it is for and what it takes. */
export function catalogue(): Plugin {
  return {
    name: "catalogue",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? `export default ${JSON.stringify(read())};` : undefined),
  };
}

function read(): Record<string, unknown> {
  const schema = JSON.parse(readFileSync(SCHEMA, "utf8")) as Schema;
  const follow = (shape: Shape): Shape => {
    const named = shape.$ref && schema.$defs[shape.$ref.replace("#/$defs/", "")];
    return named ? { ...follow(named), ...(shape.description ? { description: shape.description } : {}) } : shape;
  };
  const entries = Object.entries(schema.commands).map(([name, { doc, params, risk, queueable }]) => {
    const { properties = {}, required = [] } = follow(params);
    const fields = Object.entries(properties).map(([field, shape]) => ({
      name: field,
      type: typeOf(follow(shape)),
      required: required.includes(field),
      doc: inOneLine(shape.description ?? ""),
    }));
    fields.sort((a, b) => Number(b.required) - Number(a.required));
    return [name, { doc: inOneLine(doc), risk, queueable, fields }];
  });
  return Object.fromEntries(entries);
}

function typeOf({ type, items }: Shape): string {
  if (type === "array" && typeof items === "object" && items.type) return `list of ${typeOf(items)}`;
  return { array: "list", integer: "number", boolean: "true or false", string: "text" }[type ?? ""] ?? type ?? "any";
}

function inOneLine(doc: string): string {
  return doc.replace(/\s+/g, " ").replaceAll("`", "").trim();
}
