// Runs a module in a thread of its own, from the packages' sources: what Vitest starts resolves them
// so, whatever a thread imports.
import { fileURLToPath } from "node:url";
import { createViteServer } from "vitest/node";

const conditions = ["@holdfast/source", "module", "node", "default"];
const [file = ""] = process.argv.slice(2);
const server = await createViteServer({
  root: fileURLToPath(new URL("../../../", import.meta.url)),
  configFile: false,
  logLevel: "error",
  resolve: { conditions },
  ssr: { resolve: { conditions }, noExternal: [/@holdfast\//u] },
  server: { middlewareMode: true, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
});
await server.ssrLoadModule(file);
