import { Readable } from "node:stream";
import { parse } from "csv-parse";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(text: string = 'name,n\n"Ada, Countess",1\nBo,2\n') {
  const names: string[] = [];
  for await (const row of Readable.from([text]).pipe(parse({ columns: true, cast: true })))
    names.push(`${row.name}=${row.n + 1}`);
  getRunLogger().info(names.join("; "));
});
