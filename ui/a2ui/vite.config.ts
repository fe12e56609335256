import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { licences } from "../licences.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * One page, one script, one style sheet, with names that never change. The script is a classic one: a page that is
 * sandboxed away from its origin may not load modules.
 */
export default defineConfig({
  root: here("."),
  plugins: [licences(["@preact/signals", "@preact/signals-core", "marked", "preact"])],
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: "es2022",
    outDir: here("../dist-a2ui"),
    emptyOutDir: true,
    sourcemap: false,
    reportCompressedSize: false,
    lib: { entry: here("src/main.tsx"), formats: ["iife"], name: "tidegateCanvas", fileName: () => "a2ui.js", cssFileName: "a2ui" },
  },
});
