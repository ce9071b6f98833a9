import { flow, getRunLogger } from "orch";
import Papa from "papaparse";

export const example = flow(async function example(text: string = "name;n\nAda;1\nBo;2") {
  const { data, meta } = Papa.parse<{ name: string; n: number }>(text, { header: true, dynamicTyping: true });
  getRunLogger().info(
    `${meta.delimiter} ${data.reduce((sum, { n }) => sum + n, 0)} ${Papa.unparse(data.slice(0, 1), { newline: "|" })}`,
  );
});
