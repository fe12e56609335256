import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { catalogue } from "./catalogue.ts";
import { licences } from "./licences.ts";

const client = fileURLToPath(new URL("../clients/ts/src/runtime/index.ts", import.meta.url));

/** What ends up in the bundle. */
const BUNDLED = ["@preact/signals", "@preact/signals-core", "dompurify", "marked", "preact", "qr"];

export default defineConfig({
  base: "/",
  plugins: [catalogue(), licences(BUNDLED)],
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
  test: { include: ["test/**/*.test.ts", "a2ui/test/**/*.test.ts"], environment: "node" },
});
