import { ExecaError, execa, execaNode } from "execa";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(word: string = "hello") {
  const { stdout } = await execa("cat", { input: word }).pipe("cat", ["-n"]);
  const failed = await execa("sh", ["-c", "exit 3"]).catch((error: unknown) => error);
  const script = await execaNode("execa-script.mjs", [word], { cwd: import.meta.dirname, ipc: false });
  getRunLogger().info(`${stdout.trim()}, ${failed instanceof ExecaError && failed.exitCode}, ${script.stdout}`);
});
