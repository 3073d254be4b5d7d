import { defineConfig } from "vitest/config";

const here = (path: string) => decodeURIComponent(new URL(path, import.meta.url).pathname);

// One module with a fixed name; what it loads later lies beside it, addressed relative to it.
export default defineConfig({
  base: "./",
  resolve: {
    alias: {
      // vtk.js asks for it to write XML files, which a viewer never does; without the stub the page stays blank.
      xmlbuilder2: here("src/display/no-xml.ts"),
      // A parser of files with its dictionary, a quarter of the bytes: our headers come as JSON.
      dcmjs: here("src/display/no-parser.ts"),
    },
  },
  build: {
    outDir: here("../static/viewer"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    reportCompressedSize: false,
    license: { fileName: "licenses.md" },
    rollupOptions: {
      input: here("src/viewer.ts"),
      preserveEntrySignatures: "strict",
      output: {
        entryFileNames: "viewer.js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
