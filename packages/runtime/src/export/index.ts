export { exportLog } from "./export-log.ts";
export type { ExportOptions, ExportReport } from "./export-log.ts";
export { exportFormats } from "./export-format.ts";
export type { ExportFormat } from "./export-format.ts";
export { fileSink, httpSink } from "./export-sink.ts";
export type { ExportSink, RetryOptions } from "./export-sink.ts";
export { otelMapping } from "./otel-mapping.ts";
