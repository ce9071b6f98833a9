import { parse, populate } from "dotenv";
import { flow, getRunLogger } from "orch";

export const example = flow(async function example(text: string = 'TOKEN="a=b" # secret\nexport PORT=80') {
  const target: Record<string, string> = { PORT: "1" };
  populate(target, parse(text));
  getRunLogger().info(JSON.stringify(target));
});
