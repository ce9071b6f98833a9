import { trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { flow, getRunLogger, task } from "orch";

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
const tracer = trace.getTracer("gallery");

const load = task(async function load() {
  tracer.startActiveSpan("load", (span) => span.end());
});

/** A span inside a task belongs to the span around its call. */
export const example = flow(async function example(outer: string = "report") {
  await tracer.startActiveSpan(outer, async (span) => {
    await load();
    span.end();
  });
  const [inside, around] = exporter.getFinishedSpans();
  const isChild = inside?.parentSpanContext?.spanId === around?.spanContext().spanId;
  getRunLogger().info(`${inside?.name} in ${around?.name}: ${isChild}`);
  await provider.shutdown();
});
