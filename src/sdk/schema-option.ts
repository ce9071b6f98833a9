// Reads the option `parameters` of a flow as the Standard Schema that everything else knows.
import type { StandardSchema } from "#domain/parameters/standard-schema.ts";
import { OrchError } from "#lib/errors.ts";

/** A schema of zod before 3.24, which does not follow the interface yet. */
export interface OlderSchema<Input = unknown, Output = unknown> {
  readonly _input: Input;
  readonly _output: Output;
  safeParseAsync(value: unknown): Promise<unknown>;
}

type OlderResult = { success: true; data: unknown } | { success: false; error: { issues: { message: string }[] } };

/** Throws `invalid` for what is no schema. */
export function standardSchema(given: unknown): StandardSchema {
  const schema = given as StandardSchema | OlderSchema | null; // looked at below
  const isSchema = (typeof schema === "object" || typeof schema === "function") && schema !== null;
  if (isSchema && "~standard" in schema) return schema;
  if (isSchema && "safeParseAsync" in schema) return { "~standard": { version: 1, vendor: "zod", validate } };
  throw new OrchError(
    "invalid",
    "The option 'parameters' of a flow is no schema: give one of zod, valibot, arktype or a library like them.",
  );

  async function validate(value: unknown) {
    const result = (await (schema as OlderSchema).safeParseAsync(value)) as OlderResult; // zod's own
    return result.success ? { value: result.data } : { issues: result.error.issues };
  }
}
