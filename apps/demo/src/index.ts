export { runDemo } from "./run-demo.ts";
export type { DemoOptions, DemoResult } from "./run-demo.ts";
export type { DecisionLine } from "./gateway-session.ts";
export { fileScene } from "./file-scene.ts";
export { originScene } from "./origin-scene.ts";
export type { Scene, Step } from "./scene.ts";
