// The executable is built to compile JavaScript to machine code ten times later than usual (`--compile-jit-policy=10`):
// a command or a short run is over before it would pay (4 of 14 ms of CPU for `orch version`). Work that goes on says so.

/** From here on code is compiled as usual: for servers and agents. */
export function expectLongWork(): void {
  Bun.unsafe.setJITPolicy(1);
}

const SHORT_RUN_MS = 100;

/** The same once a run has gone on for a while. A loop that never yields is compiled all the same, a moment later. */
export function expectLongWorkUnlessOver(): void {
  setTimeout(expectLongWork, SHORT_RUN_MS).unref();
}
