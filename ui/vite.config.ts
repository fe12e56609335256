import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const client = fileURLToPath(new URL("../clients/ts/src/runtime/index.ts", import.meta.url));

/** What ends up in the bundle; their licences ask to travel with it. */
const BUNDLED = ["@preact/signals", "@preact/signals-core", "dompurify", "marked", "preact"];

function licenceOf(name: string): string {
  const folder = new URL(`./node_modules/${name}/`, import.meta.url);
  const file = readdirSync(folder).sort().find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file`);
  const { version } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  return `${name} ${version}\n\n${readFileSync(new URL(file, folder), "utf8").trim()}\n`;
}

function licences(): Plugin {
  return {
    name: "licences",
    generateBundle() {
      const source = BUNDLED.map(licenceOf).join(`\n${"-".repeat(80)}\n\n`);
      this.emitFile({ type: "asset", fileName: "licences.txt", source });
    },
  };
}

export default defineConfig({
  base: "/",
  plugins: [licences()],
  resolve: { alias: { "@tidegate/client": client } },
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    sourcemap: false,
    reportCompressedSize: false,
  },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
