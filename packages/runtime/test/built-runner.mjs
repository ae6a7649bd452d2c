// Runs a TypeScript file of the tests in a process of its own. The packages are taken as they are
// built (`npm test` builds first): to translate all their sources again takes ten seconds a process.
import { fileURLToPath } from "node:url";
import { createViteServer } from "vitest/node";

const [file = ""] = process.argv.slice(2);
const server = await createViteServer({
  root: fileURLToPath(new URL("../../../", import.meta.url)),
  configFile: false,
  logLevel: "error",
  ssr: { external: true },
  server: { middlewareMode: true, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
});
await server.ssrLoadModule(file);
