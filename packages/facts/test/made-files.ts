import type { FileEntry, FilePort } from "@holdfast/facts";

/** What a made file system holds at a path. */
export type MadeEntry =
  | "file"
  | "folder"
  | "other"
  | "denied"
  | { readonly kind: "file"; readonly links: number }
  | { readonly target: string };

/** A file system of these entries; it asserts that it is asked only as {@link FilePort} says. */
export function madeFiles(tree: Readonly<Record<string, MadeEntry>>): FilePort {
  return {
    entry(path): FileEntry | "denied" | undefined {
      const parent = path.slice(0, path.lastIndexOf("/"));
      if (parent !== "" && tree[parent] !== "folder") throw new Error(`asked below \`${parent}\``);
      const made = Object.hasOwn(tree, path) ? tree[path] : undefined;
      if (made === undefined || made === "denied") return made;
      if (typeof made === "string") return { kind: made, links: 1 };
      return "target" in made ? { kind: "link", target: made.target, links: 1 } : made;
    },
  };
}
