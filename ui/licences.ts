import { readdirSync, readFileSync } from "node:fs";
import type { Plugin } from "vite";

/** Puts the licences of what ends up in a bundle beside it; they ask to travel with it. */
export function licences(bundled: readonly string[]): Plugin {
  return {
    name: "licences",
    generateBundle() {
      const source = bundled.map(licenceOf).join(`\n${"-".repeat(80)}\n\n`);
      this.emitFile({ type: "asset", fileName: "licences.txt", source });
    },
  };
}

function licenceOf(name: string): string {
  const folder = new URL(`./node_modules/${name}/`, import.meta.url);
  const file = readdirSync(folder).sort().find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file`);
  const { version } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  return `${name} ${version}\n\n${readFileSync(new URL(file, folder), "utf8").trim()}\n`;
}
