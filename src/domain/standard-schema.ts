// Parameters checked by a schema of the author's choice: zod, valibot, arktype or any other that follows the Standard
// Schema interface (standardschema.dev, version 1).
import { OrchError } from "#lib/errors.ts";

export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export type SchemaInput<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["input"];
export type SchemaOutput<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["output"];

/** What the schema makes of the parameters. Throws `invalid`, naming each of them and what is wrong with it. */
export async function checkedBySchema(schema: StandardSchema, parameters: unknown): Promise<unknown> {
  const result = await schema["~standard"].validate(parameters);
  if (!result.issues) return result.value;
  throw new OrchError("invalid", result.issues.map(sentence).join("; "));
}

function sentence({ message, path = [] }: StandardIssue): string {
  const steps = path.map((step) => String(typeof step === "object" ? step.key : step));
  return steps.length > 0 ? `parameter '${steps.join(".")}': ${message}` : message;
}
