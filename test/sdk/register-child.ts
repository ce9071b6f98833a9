// Registers the "orch" module, imports the files it is given and prints what their flows' plain functions return.
import { isFlow } from "#domain/definitions.ts";
import { importScript } from "#project/load-flow.ts";
import { registerSdk } from "#sdk/register.ts";

registerSdk();
const results: unknown[] = [];
for (const file of process.argv.slice(2)) {
  const module = await importScript(file);
  for (const value of Object.values(module)) if (isFlow(value)) results.push(await (value.fn as () => unknown)());
}
console.log(JSON.stringify(results));
