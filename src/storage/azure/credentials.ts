// Logs in to Azure Blob Storage: by the account's key, a shared access signature, or a token that Azure's library gets.
import type { AccessToken, ClientSecretCredential, DefaultAzureCredential, TokenCredential } from "@azure/identity";
import { systemClock } from "#lib/clock.ts";
import { messageOf, OrchError } from "#lib/errors.ts";
import { embeddedLibrary } from "#lib/files/embedded-library.ts";
import { environment } from "#lib/process/environment.ts";
import asset from "../../../dist/assets/azure-identity.asset" with { type: "file" };
import { TryAgain } from "../file-store.ts";
import { hidden, withoutPoint } from "../http.ts";
import { signature, type Unsigned } from "./shared-key.ts";

export interface AzureLogin {
  /** For sentences: `The account key of the block`. Null where requests have no credentials. */
  name: string | null;
  /** Puts the credentials into `request`. Gives the parts of them that may not show. */
  sign(request: Unsigned): Promise<readonly string[]>;
}

const SCOPE = "https://storage.azure.com/.default";
/** A token that ends sooner is not used for one more request. */
const LEAST_MS = 5 * 60_000;

export const ANONYMOUS: AzureLogin = { name: null, sign: async () => [] };

export function byKey(account: string, key: string): AzureLogin {
  return {
    name: "The account key of the block",
    async sign({ method, url, headers }) {
      headers.set("authorization", `SharedKey ${account}:${signature({ method, url, headers }, account, key)}`);
      return [key];
    },
  };
}

/** `query`: `sv=…&sig=…`. */
export function bySignature(query: string): AzureLogin {
  const values = [...new URLSearchParams(query)];
  return {
    name: "The shared access signature of the block",
    async sign({ url }) {
      for (const [name, value] of values) url.searchParams.set(name, value);
      return values.flatMap(([name, value]) => (name === "sig" ? [value, encodeURIComponent(value)] : []));
    },
  };
}

export function byServicePrincipal(tenant: string, client: string, secret: string): AzureLogin {
  const todo = "Look at its tenant ID, client ID and client secret.";
  return byToken(
    { name: "The service principal of the block", todo, secrets: [secret] },
    ({ ClientSecretCredential: Credential }) => new Credential(tenant, client, secret, authority()),
  );
}

/** Of the environment, a workload, the machine, or the tools that a developer has logged in with. `client`: which of the machine's. */
export function byIdentity(client: string | undefined): AzureLogin {
  const todo = "Run it where there is a managed identity, run 'az login', or give the block a key.";
  return byToken(
    { name: "The Azure identity of this machine", todo, secrets: [] },
    ({ DefaultAzureCredential: Credential }) =>
      new Credential({ ...authority(), ...(client === undefined ? {} : { managedIdentityClientId: client }) }),
  );
}

/** One that is named is trusted: Microsoft's own is not asked whether it knows it, as private clouds are not connected. */
function authority(): { disableInstanceDiscovery?: boolean } {
  return environment()["AZURE_AUTHORITY_HOST"] ? { disableInstanceDiscovery: true } : {};
}

interface Library {
  ClientSecretCredential: typeof ClientSecretCredential;
  DefaultAzureCredential: typeof DefaultAzureCredential;
}

interface Named {
  name: string;
  todo: string;
  secrets: readonly string[];
}

function byToken({ name, todo, secrets }: Named, make: (library: Library) => TokenCredential): AzureLogin {
  let credential: TokenCredential | undefined;
  let asked: Promise<AccessToken> | undefined;
  let known: AccessToken | undefined;
  return {
    name,
    async sign({ headers }) {
      if (known === undefined || known.expiresOnTimestamp - systemClock.now() < LEAST_MS) {
        asked ??= askForToken().finally(() => {
          asked = undefined;
        });
        known = await asked;
      }
      headers.set("authorization", `Bearer ${known.token}`);
      return [known.token, ...secrets];
    },
  };

  async function askForToken(): Promise<AccessToken> {
    try {
      credential ??= make(embeddedLibrary<Library>(asset));
      const token = await credential.getToken(SCOPE);
      if (token) return token;
      throw new Error("no token was given");
    } catch (error) {
      const reason = reasonOf(error, secrets);
      if (isPassing(error)) throw new TryAgain(`Azure gave no token: ${reason}.`, { cause: error });
      throw new OrchError("invalid", `${name} cannot log in: ${reason}. ${todo}`, { cause: error });
    }
  }
}

/** Further lines are numbers of the request, or one for each way to log in that is not set up. */
function reasonOf(error: unknown, secrets: readonly string[]): string {
  if (error instanceof Error && error.name === "AggregateAuthenticationError") return "none is set up here";
  const [first = ""] = hidden(messageOf(error), secrets).split(/\r?\n|Trace ID:/);
  return withoutPoint(first.replaceAll(/\s+/g, " "));
}

/** Of the network, or of a service that is busy. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, statusCode } = error as Error & { code?: unknown; statusCode?: unknown }; // the library's own errors have them
  return Number(statusCode) >= 500 || /^(ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ConnectionRefused)/.test(String(code));
}
