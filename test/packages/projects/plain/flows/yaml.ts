import { flow, getRunLogger } from "orch";
import { parseDocument, stringify } from "yaml";

export const example = flow(async function example(text: string = "# kept\nbase: &b {n: 1}\nother: {<<: *b, m: 2}\n") {
  const document = parseDocument(text, { merge: true });
  document.set("added", [1, "two"]);
  getRunLogger().info(
    `${JSON.stringify(document.toJS())} ${stringify({ a: "yes: no" }).trim()} ${String(document).split("\n")[0]}`,
  );
});
