// Defines objects with any keys and values of one kind.
import * as v from "valibot";
import { isObject } from "#lib/json.ts";
import { setOwn } from "#lib/own.ts";

/** valibot's own leaves these keys out. */
const LEFT_OUT = ["__proto__", "prototype", "constructor"];

/** As valibot's `record` of texts, and `__proto__`, `prototype` and `constructor` are keys like any other. */
export function record<S extends v.GenericSchema>(value: S) {
  const schema = v.record(v.string(), value);
  const run: (typeof schema)["~run"] = (dataset, config) => {
    const input = dataset.value;
    // Valibot takes a list for an object. An empty list passes as an empty mapping, as pydantic accepted it.
    if (Array.isArray(input) && input.length > 0) {
      const refusal = { ...dataset, typed: false as const };
      v._addIssue(schema, "type", refusal, config, { received: "Array" });
      return refusal as unknown as ReturnType<(typeof schema)["~run"]>; // an issue was added
    }
    const result = schema["~run"](dataset, config);
    if (!isObject(input) || !isObject(result.value)) return result;
    for (const key of LEFT_OUT) {
      if (!Object.hasOwn(input, key)) continue;
      const item = value["~run"]({ value: input[key] }, config);
      setOwn(result.value, key, item.value);
      for (const issue of item.issues ?? []) {
        const step = { type: "object" as const, origin: "value" as const, input, key, value: input[key] };
        Object.assign(issue, { path: [step, ...(issue.path ?? [])] });
      }
      if (item.issues) Object.assign(result, { issues: [...(result.issues ?? []), ...item.issues] });
      if (!item.typed) Object.assign(result, { typed: false });
    }
    return result;
  };
  return { ...schema, "~run": run };
}
