import type { FileEntry, FilePort } from "@holdfast/facts";

/** Files, folders and links of the place where all generated calls run; a text is what a link says. */
const tree: Readonly<Record<string, FileEntry["kind"] | { readonly target: string }>> = {
  "/w": "folder",
  "/w/a": "folder",
  "/w/a/b": "folder",
  "/w/a/b/c.txt": "file",
  "/w/notes.md": "file",
  "/w/.git": "folder",
  "/w/.git/config": "file",
  "/w/in": { target: "a" },
  "/w/out": { target: "/etc" },
  "/w/up": { target: "a/../.." },
  "/w/loop": { target: "loop2" },
  "/w/loop2": { target: "loop" },
  "/w/pipe": "other",
  "/etc": "folder",
  "/etc/passwd": "file",
  "/dev": "folder",
  "/dev/null": "other",
  "/tmp": "folder",
};

/** The file system of generated calls. Throws when it is asked otherwise than {@link FilePort} says. */
export const madeFiles: FilePort = {
  entry(path): FileEntry | "denied" | undefined {
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (parent !== "" && tree[parent] !== "folder") throw new Error(`asked below \`${parent}\``);
    if (path === "/w/shut") return "denied";
    const made = Object.hasOwn(tree, path) ? tree[path] : undefined;
    if (made === undefined) return undefined;
    if (typeof made === "string") return { kind: made, links: 1 };
    return { kind: "link", target: made.target, links: 1 };
  },
};

/** The addresses that were looked up for hosts of generated URLs. */
export const publicAddresses: Readonly<Record<string, readonly string[]>> = {
  "example.com": ["93.184.216.34"],
  "api.example.com": ["93.184.216.34", "2606:2800:220:1::1"],
  "near.example.com": ["93.184.216.34", "10.0.0.7"],
};
