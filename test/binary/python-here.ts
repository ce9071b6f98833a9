// The Python of this machine, for tests that run Python flows on the executable.

/** The program itself: what looks for it, as pyenv does, needs more than the sandbox has. Undefined, with a word, without one. */
export function pythonHere(): string | undefined {
  const found = Bun.which("python3");
  const path = found && Bun.spawnSync([found, "-c", "import sys; print(sys.executable)"]).stdout.toString().trim();
  if (!path) console.log("Skipped: there is no python3 here, by which Python flows are built and run.");
  return path || undefined;
}
