import type { JsonObject } from "@holdfast/model";

/** What the words of each policy say is there. */
const setups: Readonly<Record<string, JsonObject>> = {
  "P-SHELL-RO": { dirs: ["/workspace"] },
  "P-PATH": {
    dirs: [
      "/workspace/out",
      "/workspace/docs",
      "/workspace/a/b",
      "/workspace/etc",
      "/workspace-secret",
      "/workspace_old",
    ],
    files: ["/workspace/README.md", "/workspace/etc/passwd", "/etc/passwd", "/etc/shadow"],
    symlinks: {
      "/workspace/link": "/etc",
      "/workspace/a/b/link2": "../../link",
      "/workspace/passwd-link": "/etc/passwd",
      "/workspace/out/evil": "/root/.ssh",
      "/workspace/out/new-dangling": "/root/.bashrc",
      "/workspace/docs/ok": "/workspace/README.md",
      "/workspace/docs/up": "../README.md",
      "/workspace/etc-link": "/workspace/etc",
    },
    fifo: ["/workspace/out/fifo"],
    hardlinks: { "/workspace/hard-shadow": "/etc/shadow" },
  },
};

/** What stands where cases of a policy run, before what a case adds. */
export function statedSetup(policy: string): JsonObject {
  return setups[policy] ?? {};
}
