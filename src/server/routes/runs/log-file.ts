// The log of a run as a file of text, sent slice by slice, so that it is never in memory as a whole.
import { messageOf } from "#lib/errors.ts";
import { type LinesMeant, scopeWhere } from "../../log-windows/lines.ts";
import type { Edge, Slice } from "../../log-windows/slice.ts";
import type { RouteContext } from "../../slow-reads/slow-reads.ts";

/** Throws `invalid` where no run is named. */
export function logFile({ slowReads, log }: RouteContext, meant: LinesMeant): Response {
  scopeWhere(meant);
  const encoder = new TextEncoder();
  let after: Edge | null = null;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const slice: Slice = await slowReads.readValue("logSlice", { meant, after });
        after = slice.last;
        if (after) controller.enqueue(encoder.encode(slice.text));
        else controller.close();
      } catch (error) {
        log(`A log could not be sent to its end: ${messageOf(error)}`);
        controller.error(error);
      }
    },
  });
  const name = `${meant.task_run_id ?? meant.flow_run_id}.log`;
  return new Response(body, {
    headers: { "content-type": "text/plain; charset=utf-8", "content-disposition": `attachment; filename="${name}"` },
  });
}
