// Reads the API's own description, with the key where the server asks for one. It is no call of the API, so it has no name there.
import { apiAddress } from "./base.ts";
import { CallError, isKeyWanted, keyHeaders } from "./call.ts";

export interface ApiOperation {
  operationId: string;
  tags: string[];
  parameters: { name: string; in: string; required?: boolean; schema?: unknown }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
}

export interface ApiDocument {
  /** By path, then by method in small letters. */
  paths: Record<string, Record<string, ApiOperation>>;
  components: { schemas: Record<string, unknown> };
}

/** @throws CallError with a sentence. */
export async function readApiDocument(): Promise<ApiDocument> {
  const answer = await fetch(apiAddress("/openapi.json"), { headers: keyHeaders() }).catch(() => {
    throw new CallError("The server cannot be reached.", 0);
  });
  if (answer.status === 401) isKeyWanted.value = true;
  if (!answer.ok) throw new CallError("The server does not give its description.", answer.status);
  return (await answer.json()) as ApiDocument; // as server/http/openapi.ts makes it
}
