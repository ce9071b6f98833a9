import { expect, test } from "bun:test";
import { createEventsHub, type ServerEvent } from "#server/kernel/event-hub.ts";

const event: ServerEvent = { type: "runs-due-changed" };

test("every listener hears every event until it stops listening", () => {
  const hub = createEventsHub();
  const heard: string[] = [];
  const stop = hub.subscribe(() => heard.push("a"));
  hub.subscribe(() => heard.push("b"));
  hub.publish(event);
  stop();
  stop();
  hub.publish(event);
  expect(heard).toEqual(["a", "b", "b"]);
});

test("a listener may stop listening, or start another, while it hears an event", () => {
  const hub = createEventsHub();
  const heard: string[] = [];
  const stop = hub.subscribe(() => {
    heard.push("once");
    stop();
    hub.subscribe(() => heard.push("later"));
  });
  hub.publish(event);
  expect(heard.filter((name) => name === "once")).toEqual(["once"]);
  hub.publish(event);
  expect(heard.filter((name) => name === "once")).toEqual(["once"]);
  expect(heard).toContain("later");
});
