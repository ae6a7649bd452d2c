import { anyArguments } from "./argument-target.ts";
import { contentPlanted, contentText } from "./content-target.ts";
import { k8sManifest } from "./k8s-target.ts";
import { pathOdd, pathTree } from "./path-target.ts";
import { shellMade, shellText } from "./shell-target.ts";
import { sqlMade, sqlText } from "./sql-target.ts";
import type { FuzzTarget } from "./target.ts";
import { urlMade, urlText } from "./url-target.ts";

/** Every target, in the order in which they run. */
export const fuzzTargets: readonly FuzzTarget[] = [
  shellText,
  shellMade,
  sqlText,
  sqlMade,
  urlText,
  urlMade,
  pathTree,
  pathOdd,
  contentText,
  contentPlanted,
  k8sManifest,
  anyArguments,
];
