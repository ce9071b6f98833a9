// Finds Google credentials as Google's own tools do: a service account's key, or application default credentials. Google's
// library is loaded when the first token is needed.
import { existsSync } from "node:fs";
import type { GoogleAuth } from "google-auth-library";
import { messageOf, OrchError } from "#lib/errors.ts";
import { embeddedLibrary } from "#lib/files/embedded-library.ts";
import { isObject, type Json, type JsonObject, textOfJson, tryParseJson } from "#lib/json.ts";
import asset from "../../../dist/assets/google-auth.asset" with { type: "file" };
import { TryAgain } from "../file-store.ts";
import { hidden, withoutPoint } from "../http.ts";

export interface TokenSource {
  /** Where they are from, for sentences: `the block`. Null where there are none. */
  name: string | null;
  /** Headers of requests: a token, and the project that its quota is of. Empty for requests without credentials. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

const SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

export const ANONYMOUS: TokenSource = { name: null, headers: async () => ({}) };

/**
 * Of `service_account_info` (JSON text) or gcsfs's `token`: fields of a key, the path of a file with them, an access token,
 * or the name of a way. Null where nothing is given. Throws `invalid` for what is none of these.
 */
export function givenTokens(value: Json | undefined): TokenSource | null {
  if (value === undefined || value === "" || value === "google_default") return null;
  if (isObject(value)) return ofKey(value);
  const text = textOfJson(value).trim();
  if (text === "anon") return ANONYMOUS;
  if (text === "cloud") return fromLibrary("this machine", {}, "Run it on a machine of Google Cloud.");
  if (text === "cache" || text === "browser") {
    const todo = "Run 'gcloud auth application-default login' and leave the token out.";
    throw new OrchError("invalid", `The token '${text}' of the block is a way of gcsfs alone. ${todo}`);
  }
  if (text.startsWith("{")) {
    const key = tryParseJson(text);
    if (isObject(key)) return ofKey(key);
    throw new OrchError(
      "invalid",
      "The service account info of the block is not JSON: copy the whole file of the key.",
    );
  }
  if (existsSync(text)) {
    return fromLibrary("the block", { keyFilename: text }, `Look at the file '${text}'.`);
  }
  if (/^ya29\./.test(text)) {
    return { name: "the block", headers: async () => ({ authorization: `Bearer ${text}` }) };
  }
  const sentence = text.includes("/") || text.endsWith(".json") ? `There is no file '${text}'` : "They are not JSON";
  throw new OrchError("invalid", `The Google credentials of the block cannot be read. ${sentence}.`);
}

/** Application default credentials: of a file, gcloud, a workload's identity or the machine. */
export function foundTokens(): TokenSource {
  const todo =
    "Give the block a service account's key, run 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS.";
  return fromLibrary("this machine", {}, todo);
}

function ofKey(key: JsonObject): TokenSource {
  const type = key["type"] ?? (key["refresh_token"] === undefined ? "service_account" : "authorized_user");
  if (type === "service_account") {
    const missing = ["client_email", "private_key"].find((name) => !key[name]);
    if (missing) {
      const todo = "Copy the whole file of the key, as Google gave it.";
      throw new OrchError("invalid", `The service account info of the block has no '${missing}'. ${todo}`);
    }
  }
  const secrets = ["private_key", "refresh_token", "client_secret"].map((name) => textOfJson(key[name] ?? ""));
  return fromLibrary(
    "the block",
    { credentials: { ...key, type } },
    "Make a new key, and save it in the block.",
    secrets,
  );
}

interface Library {
  GoogleAuth: typeof GoogleAuth;
}

function fromLibrary(name: string, given: JsonObject, todo: string, secrets: readonly string[] = []): TokenSource {
  let auth: GoogleAuth | undefined;
  return {
    name,
    async headers() {
      auth ??= new (embeddedLibrary<Library>(asset).GoogleAuth)({
        ...given,
        scopes: SCOPE,
        projectId: "none", // not needed here: else the library asks gcloud and the network for it
        clientOptions: { transporterOptions: { fetchImplementation: fetch } },
      });
      try {
        return Object.fromEntries((await auth.getRequestHeaders()).entries());
      } catch (error) {
        const reason = withoutPoint(hidden(messageOf(error), secrets).replaceAll(/\s+/g, " "));
        if (isPassing(error)) throw new TryAgain(`Google gave no token: ${reason}.`, { cause: error });
        const whose =
          name === "the block"
            ? "The Google credentials of the block are not usable"
            : "No Google credentials were found";
        throw new OrchError("invalid", `${whose}: ${reason}. ${todo}`, { cause: error });
      }
    },
  };
}

/** Of the network, or of a service that is busy. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, status } = error as Error & { code?: unknown; status?: unknown }; // the library's own errors have them
  return (
    Number(status) >= 500 ||
    /^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ConnectionRefused|FailedToOpenSocket)/.test(String(code))
  );
}
