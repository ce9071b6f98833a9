// Says which of two watchers is called when nothing is left to do, and goes on with what it starts.
import { watchIdle } from "#lib/process/idle.ts";

const stops = ["outer", "inner"].map((name) =>
  watchIdle(() => {
    console.log(name);
    setTimeout(() => console.log(`after ${name}`), 1);
    stops.pop()?.();
  }),
);
