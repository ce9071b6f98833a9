// Replaces this process by another program: its id, its folder, its output and its place in the group stay.

/**
 * Does not return. Throws the system's error where the program cannot be started. Windows has no such call: there the program
 * is run to its end, and this process ends with its status.
 *
 * @example
 * replaceProcess(["/usr/bin/python3", "-c", "print('hi')"], { PATH: "/usr/bin" });
 */
export function replaceProcess(command: readonly string[], env: Readonly<Record<string, string>>): never {
  const [program = "", ...words] = command;
  if (process.platform === "win32") {
    const child = Bun.spawnSync([program, ...words], { env, stdio: ["inherit", "inherit", "inherit"] });
    process.exit(child.exitCode);
  }
  process.execve?.(program, [program, ...words], env);
  throw new Error(`'${program}' did not start.`);
}
