// Started twice over: without an argument it is the agent that starts a child, and lives on; with one it is the child, or
// the script in between.
import { PARENT_VARIABLE, watchParent } from "#lib/process/watch-parent.ts";

const role = process.argv[2];
if (role === undefined || role === "in-between") {
  const command = [process.execPath, import.meta.path, role === undefined ? (process.env["CHILD"] ?? "") : "child"];
  const id = role === undefined ? String(process.pid) : process.env[PARENT_VARIABLE];
  Bun.spawn(command, { env: { ...process.env, [PARENT_VARIABLE]: id }, stdout: "inherit", detached: true });
  console.log(`${role ?? "agent"} ${process.pid}`);
  await new Promise(() => setInterval(() => {}, 60_000));
}

const stay = setInterval(() => {}, 60_000);
watchParent(() => {
  console.log("gone");
  clearInterval(stay);
});
// After the first look, which comes with the end of this turn.
setImmediate(() => console.log(`watching ${process.pid}`));
