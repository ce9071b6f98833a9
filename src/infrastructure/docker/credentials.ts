// Finds the credentials for a registry: those of the block, else what `docker login` or `podman login` has kept.
import { join } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { isObject, type Json, type JsonObject, tryParseJson } from "#lib/json.ts";
import { configFolder, readJson } from "./endpoint.ts";
import { DOCKER_HUB, registryHost } from "./image-name.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Credentials {
  username?: string;
  password?: string;
  identitytoken?: string;
  serveraddress: string;
}

const HELPER_MS = 20_000;
const HUB_ADDRESS = "https://index.docker.io/v1/";

/** As engines read it. Url-safe, with its padding: some engines refuse it without. */
export function authHeader(credentials: Credentials): string {
  return Buffer.from(JSON.stringify(credentials)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/** Of a docker-registry block, which `field` holds. Throws `invalid` with a sentence where it lacks what it needs. */
export function credentialsOfBlock(block: Json, field: string): Credentials | undefined {
  if (!isObject(block)) return undefined;
  const { username, password, registry_url: url } = block as JsonObject; // JSON holds JSON
  if (typeof username === "string" && typeof password === "string" && typeof url === "string" && url !== "") {
    return { username, password, serveraddress: url };
  }
  throw new OrchError("invalid", `The '${field}' of the infrastructure needs username, password and registry_url.`);
}

/** Undefined where nothing is kept for the registry: then the image is asked for without. */
export async function keptCredentials(registry: string, env: Environment): Promise<Credentials | undefined> {
  for (const path of configFiles(env)) {
    const config = readJson(path);
    const found = config && (await credentialsIn(config, registry, env));
    if (found) return found;
  }
  return undefined;
}

function configFiles(env: Environment): string[] {
  const runtime = env["XDG_RUNTIME_DIR"];
  return [
    join(configFolder(env), "config.json"),
    ...(env["REGISTRY_AUTH_FILE"] ? [env["REGISTRY_AUTH_FILE"]] : []),
    ...(runtime ? [join(runtime, "containers", "auth.json")] : []),
  ];
}

async function credentialsIn(config: JsonObject, registry: string, env: Environment): Promise<Credentials | undefined> {
  const helpers = config["credHelpers"];
  const helper = isObject(helpers) ? valueFor(helpers as JsonObject, registry) : undefined; // JSON holds JSON
  const store = helper ?? config["credsStore"];
  if (typeof store === "string" && store !== "") {
    const found = await askHelper(store, registry, env);
    if (found) return found;
  }
  const auths = config["auths"];
  const entry = isObject(auths) ? valueFor(auths as JsonObject, registry) : undefined; // as above
  return isObject(entry) ? credentialsOfEntry(entry as JsonObject, registry) : undefined; // as above
}

/** Keys are hosts, or addresses with a scheme and a path. */
function valueFor(entries: JsonObject, registry: string): Json | undefined {
  return Object.entries(entries).find(([key]) => registryHost(key) === registry)?.[1];
}

function credentialsOfEntry({ auth, identitytoken }: JsonObject, registry: string): Credentials | undefined {
  const serveraddress = addressOf(registry);
  if (typeof identitytoken === "string" && identitytoken !== "") return { identitytoken, serveraddress };
  if (typeof auth !== "string" || auth === "") return undefined;
  const [username = "", ...password] = Buffer.from(auth, "base64").toString().split(":");
  return { username, password: password.join(":"), serveraddress };
}

/** `docker-credential-NAME get`, as the docker command asks it. What it cannot give is not given: the registry then says so. */
async function askHelper(name: string, registry: string, env: Environment): Promise<Credentials | undefined> {
  const program = Bun.which(`docker-credential-${name}`, { PATH: env["PATH"] ?? "" });
  if (!program) return undefined;
  const serveraddress = addressOf(registry);
  const child = Bun.spawn([program, "get"], {
    ...{ stdin: new Blob([serveraddress]), stdout: "pipe", stderr: "ignore", timeout: HELPER_MS, env: { ...env } },
  });
  const [text, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  const answer = code === 0 ? tryParseJson(text) : undefined;
  const { Username: username, Secret: password } = isObject(answer) ? (answer as JsonObject) : {}; // JSON holds JSON
  if (typeof username !== "string" || typeof password !== "string") return undefined;
  return username === "<token>" ? { identitytoken: password, serveraddress } : { username, password, serveraddress };
}

function addressOf(registry: string): string {
  return registry === DOCKER_HUB ? HUB_ADDRESS : registry;
}
