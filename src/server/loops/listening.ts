// Lets a loop hear events from its start to its stop.
import type { Loop } from "#lib/loop.ts";
import type { EventsHub, ServerEvent } from "../kernel/event-hub.ts";

/**
 * The loop, which calls `hear` for each event while it runs.
 *
 * @example
 * listening(loop, events, (event) => event.type === "runs-due-changed" && loop.wake());
 */
export function listening(loop: Loop, events: EventsHub, hear: (event: ServerEvent) => void): Loop {
  let stopListening = () => {};
  let isStopped = false;
  return {
    ...loop,
    start() {
      if (isStopped) return;
      stopListening();
      stopListening = events.subscribe(hear);
      loop.start();
    },
    async stop() {
      isStopped = true;
      stopListening();
      await loop.stop();
    },
  };
}
