import { MemoryIndex } from "@holdfast/store";
import { testIndex } from "./index-suite.ts";

testIndex("an index in memory", async () => new MemoryIndex());
