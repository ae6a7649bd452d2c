// The thread of a live index, from the packages' sources.
process.argv[2] = "@holdfast/store/index-worker";
await import("./source-runner.mjs");
