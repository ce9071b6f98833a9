import Ajv from "ajv";
import { flow, getRunLogger } from "orch";

interface Item {
  sku: string;
  amount: number;
}

const validate = new Ajv({ allErrors: true }).compile<Item>({
  type: "object",
  properties: { sku: { type: "string", pattern: "^[A-Z]{2}[0-9]+$" }, amount: { type: "integer", minimum: 1 } },
  required: ["sku", "amount"],
});

export const example = flow(async function example(
  items: Item[] = [
    { sku: "AB1", amount: 2 },
    { sku: "x", amount: 0 },
  ],
) {
  const problems = items.flatMap((item) => (validate(item) ? [] : (validate.errors ?? [])));
  getRunLogger().info(problems.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`).join(", "));
});
