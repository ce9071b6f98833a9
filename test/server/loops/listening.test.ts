// A loop that hears events: from its start to its stop, each event once.
import { expect, test } from "bun:test";
import { createLoop } from "#lib/loop.ts";
import { createEventsHub, type ServerEvent } from "#server/kernel/event-hub.ts";
import { listening } from "#server/loops/listening.ts";
import { manualClock } from "../../clock.ts";

function setup() {
  const events = createEventsHub();
  const heard: ServerEvent["type"][] = [];
  const loop = createLoop({ clock: manualClock(), delay: () => 1_000, runOnce: () => {}, onError: () => {} });
  return { events, heard, loop: listening(loop, events, ({ type }) => heard.push(type)) };
}

test("hears nothing before its start and after its stop, and each event once", async () => {
  const { events, heard, loop } = setup();
  events.publish({ type: "runs-due-changed" });
  loop.start();
  loop.start();
  events.publish({ type: "slots-freed" });
  await loop.stop();
  events.publish({ type: "runs-due-changed" });
  expect(heard).toEqual(["slots-freed"]);
});

test("hears nothing when its stop came before its start", async () => {
  const { events, heard, loop } = setup();
  await loop.stop();
  loop.start();
  events.publish({ type: "slots-freed" });
  expect(heard).toEqual([]);
});
