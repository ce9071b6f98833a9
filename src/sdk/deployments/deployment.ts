// `Deployment`: the programmatic half of `orch deployment`. Built from a flow, loaded from the server or from a file,
// changed as an object, and applied.
import type { FlowDefinition } from "#domain/definitions.ts";
import type { DeploymentSpec } from "#domain/deployment.ts";
import { shownAsJson } from "#domain/parameters/sendable.ts";
import type { UserApi } from "#engine/session/api.ts";
import { systemClock, timestampNow } from "#lib/clock.ts";
import { OrchError } from "#lib/errors.ts";
import { type JsonObject, parseJson } from "#lib/json.ts";
import { apiFor, type Host } from "../host.ts";
import type { SourceOfFlow } from "./built-flow.ts";
import type { BringOptions } from "./code-place.ts";
import {
  checkFields,
  type DeploymentFields,
  defaultFields,
  FIELD_NAMES,
  type FieldName,
  fieldsOfSpec,
  isSnapshot,
  kept,
  printed,
  specOf,
} from "./fields.ts";

export type DeploymentOptions = Partial<Omit<DeploymentFields, "name" | "version">> & {
  name: string;
  version?: string | number | null;
};

export interface BuildOptions extends Omit<DeploymentOptions, "flowName"> {
  flow: FlowDefinition;
  /** Take no copy of the code: runs work in this folder itself, or find the code where `storage` has it. */
  skipUpload?: boolean;
  /** The file of patterns that are left out. Default: `.orchignore` or `.prefectignore`. */
  ignoreFile?: string;
  /** Register it too. */
  applyOnBuild?: boolean;
  /** Take what is not given from the deployment that the server has under the name. Default: true. */
  loadExisting?: boolean;
  /** The deployment file to write. */
  output?: string;
}

export interface ApplyOptions {
  /** Bring the code to where runs take it from first. */
  upload?: boolean;
}

export type DeploymentClass = typeof Deployment;

/** Each field is a property: `#define` makes them. */
export interface Deployment extends DeploymentFields {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: all of them are defined when the class is.
export class Deployment {
  static readonly host: Host | null = null;
  readonly #fields: DeploymentFields = defaultFields();
  /** What user code has set: loading leaves it alone. */
  readonly #set = new Set<FieldName>();

  static {
    for (const name of FIELD_NAMES) Deployment.#define(name);
  }

  static #define<Name extends FieldName>(name: Name): void {
    Object.defineProperty(Deployment.prototype, name, {
      get(this: Deployment): DeploymentFields[Name] {
        return this.#fields[name];
      },
      set(this: Deployment, value: DeploymentFields[Name]) {
        this.#fields[name] = value;
        this.#set.add(name);
      },
    });
  }

  /**
   * @example
   * const deployment = new Deployment({ name: "marvin", flowName: "say-hi" });
   * await deployment.load();
   * deployment.tags = ["greeting"];
   * await deployment.apply();
   */
  constructor(options: DeploymentOptions) {
    checkFields(options);
    if (!options.name) throw new OrchError("invalid", "A deployment needs a 'name'.");
    for (const [name, value] of Object.entries(options))
      if (value !== undefined) Object.assign(this, { [name]: value });
  }

  /**
   * A deployment of a flow that a file exports. What is not given is taken from the deployment of that name, if the
   * server has one.
   *
   * @example
   * await Deployment.buildFromFlow({ flow: sayHi, name: "marvin", workQueueName: "test", applyOnBuild: true });
   */
  static async buildFromFlow(options: BuildOptions): Promise<Deployment> {
    const { flow, skipUpload, ignoreFile, applyOnBuild, loadExisting = true, output, ...fields } = options;
    const { readFlowSource } = await import("./built-flow.ts");
    // `this` may be the class of a host, which reaches the API.
    const deployment = new this(fields);
    const source = await readFlowSource(flow, fields.entrypoint ?? null);
    deployment.flowName = source.name;
    deployment.entrypoint = source.entrypoint;
    if (loadExisting) await deployment.load();
    deployment.#takeFrom(source);
    await deployment.#checkOverrides();
    await deployment.#bring({ upload: !skipUpload, ignoreFile }, deployment.#set.has("path"));
    if (output !== undefined) await deployment.toYaml(output);
    if (applyOnBuild) await deployment.apply();
    return deployment;
  }

  /** A deployment as its file has it. Throws `invalid` with a sentence for what is wrong there. */
  static async loadFromYaml(path: string): Promise<Deployment> {
    const { readFile } = await import("node:fs/promises");
    const { parseDeploymentFile } = await import("#project/deployments/deployment-file.ts");
    const { decodedYaml } = await import("#project/deployments/yaml-reader.ts");
    const bytes = await readFile(path).catch((cause) => {
      throw new OrchError("invalid", `'${path}' cannot be read: ${cause.message}`, { cause });
    });
    return new this(fieldsOfSpec(parseDeploymentFile(decodedYaml(bytes, path), path)));
  }

  /** Takes what was not set from the server. Gives false when it has no such deployment. */
  async load(): Promise<boolean> {
    const { client } = await this.#api("Deployment.load()");
    const { name, flowName } = this.#named();
    const { readDeployed } = await import("./deployed.ts");
    const stored = await readDeployed(client, flowName, name);
    if (!stored) return false;
    for (const field of FIELD_NAMES) {
      const isKept = this.#set.has(field) || field === "flowName";
      if (!isKept) Object.assign(this.#fields, { [field]: stored[field] });
    }
    // A folder of this machine is no place in a storage that was set.
    if (this.storage && !stored.storage && !this.#set.has("path")) this.#fields.path = null;
    return true;
  }

  /** Registers it with the server. Gives its id. */
  async apply({ upload = false }: ApplyOptions = {}): Promise<string> {
    this.#named();
    const api = await this.#api("Deployment.apply()");
    const { path } = this.#fields;
    if (upload) await this.#bring({ upload }, path !== null && !isSnapshot(path, api.settings));
    const { applyDeployment } = await import("#project/deployments/apply.ts");
    const [infrastructure, storage] = [
      await kept(api.client, this.infrastructure),
      await kept(api.client, this.storage),
    ];
    const spec = await this.#spec({ infrastructure, storage });
    const { id } = await applyDeployment(api.client, spec);
    const { lostPolicies } = await import("#project/deployments/run-policies.ts");
    const lost = await lostPolicies(api.client, spec);
    if (lost !== undefined) console.warn(lost);
    return id;
  }

  /** Writes its file, as `orch deployment build` does. */
  async toYaml(path: string): Promise<void> {
    const { writeWhole } = await import("#lib/files/fsync.ts");
    const { renderDeploymentFile } = await import("#domain/deployment-file.ts");
    writeWhole(path, renderDeploymentFile(await this.#spec()));
  }

  toJSON(): JsonObject {
    const parameters = Object.entries(this.#fields.parameters).map(([name, value]) => [name, shownAsJson(value)]);
    const shown = { ...this.#fields, parameters: Object.fromEntries(parameters) };
    return parseJson(JSON.stringify(shown)) as JsonObject; // it was an object
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Deployment ${JSON.stringify(this)}`;
  }

  /** Before anything is uploaded or written. */
  async #checkOverrides(): Promise<void> {
    const { client } = await this.#api("Deployment");
    const { checkedOverrides } = await import("#project/deployments/overrides.ts");
    this.#fields.infraOverrides = await checkedOverrides(client, await this.#spec());
  }

  #takeFrom({ description, version, tags, schema }: SourceOfFlow): void {
    const fields = this.#fields;
    fields.parameterOpenapiSchema = schema;
    fields.description ||= description;
    fields.version ||= version;
    if (fields.tags.length === 0 && !this.#set.has("tags")) fields.tags = [...tags];
  }

  async #bring(options: BringOptions, isOwn: boolean): Promise<void> {
    const api = await this.#api("Deployment");
    const { bringCode } = await import("./code-place.ts");
    const { storage, infrastructure, path } = this.#fields;
    const isImageBased = "image" in (printed(infrastructure) ?? {});
    const place = { storage: await kept(api.client, storage), isImageBased, path, isOwn };
    this.#fields.path = await bringCode(api, place, { ...options, entrypoint: this.#fields.entrypoint });
    // So that it is saved once.
    if (place.storage) this.#fields.storage = place.storage;
  }

  async #spec(blocks: Partial<DeploymentFields> = {}): Promise<DeploymentSpec> {
    const { chooseInfrastructure } = await import("#project/deployments/build.ts");
    const process = chooseInfrastructure({ entrypoint: this.entrypoint ?? "" }, undefined, undefined);
    const { checkedSpec } = await import("#project/deployments/deployment-refusals.ts");
    const { readCatchup, readOverlap } = await import("#domain/catchup.ts");
    const { overlap, catchup } = this.#fields;
    const policies = {
      overlap: overlap && readOverlap(overlap, "'overlap'"),
      catchup: catchup && readCatchup(catchup, "'catchup'"),
    };
    const timestamp = timestampNow(systemClock);
    return checkedSpec(specOf({ ...this.#fields, ...blocks }, { process, policies, timestamp }));
  }

  #named(): { name: string; flowName: string } {
    const { name, flowName } = this.#fields;
    if (name && flowName) return { name, flowName };
    throw new OrchError("invalid", `The deployment '${name}' needs ${name ? "a 'flowName'" : "a 'name'"}.`);
  }

  #api(what: string): Promise<UserApi> {
    return apiFor((this.constructor as DeploymentClass).host, what); // every instance's class is one
  }
}

/** The class for the files of a host. */
export function deploymentFor(host: Host): DeploymentClass {
  const bound = class extends Deployment {
    static override readonly host = host;
  };
  Object.defineProperty(bound, "name", { value: Deployment.name });
  return bound;
}
