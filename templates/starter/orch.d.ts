// Types of the "orch" module, which lives inside the orch executable. Written by `orch init`; newer ones by `orch types`.
declare module "orch" {
  type UserFunction = (...args: never[]) => unknown;

  /** An async function keeps its type; a plain one gets a promise of its result. */
  type Callable<F extends UserFunction> = F extends (...args: never[]) => Promise<unknown>
    ? F
    : (...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>;

  export type StateType =
    | "SCHEDULED"
    | "PENDING"
    | "RUNNING"
    | "COMPLETED"
    | "FAILED"
    | "CANCELLED"
    | "CRASHED"
    | "PAUSED"
    | "CANCELLING";

  /** The state of a run. Returned by a flow or task, it decides how the run ends. */
  export interface State<T = unknown> {
    readonly type: StateType;
    readonly name: string;
    readonly message: string | null;
    readonly taskRunId: string | null;
    readonly flowRunId: string | null;
    isCompleted(): boolean;
    isFailed(): boolean;
    isCrashed(): boolean;
    isCancelled(): boolean;
    isFinal(): boolean;
    /** The value of a completed run; throws the error of any other. */
    result(): T;
    /** What `result()` throws. */
    error(): unknown;
  }

  /** A task run under way. May be handed to other tasks: they wait for it. */
  export interface TaskFuture<T = unknown> {
    readonly taskRunId: Promise<string>;
    /** The value, or throws what the task threw. */
    result(): Promise<T>;
    /** The final state, whatever it is. */
    wait(): Promise<State<T>>;
    /** As far as is known now, without waiting. */
    state(): State<T>;
  }

  export interface RunSubject {
    id: string;
    name: string;
  }

  export type FlowHook = (flow: FlowDefinition, flowRun: RunSubject, state: State) => unknown;
  export type TaskHook = (task: TaskDefinition, taskRun: RunSubject, state: State) => unknown;

  /** What zod, valibot, arktype and others have in common (standardschema.dev). */
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
    | {
        readonly issues: readonly {
          readonly message: string;
          readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
        }[];
      };
  /** A schema of zod before 3.24, which does not follow the interface yet. */
  export interface OlderSchema<Input = unknown, Output = unknown> {
    readonly _input: Input;
    readonly _output: Output;
    safeParseAsync(value: unknown): Promise<unknown>;
  }
  type SchemaInput<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["input"];
  type SchemaOutput<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["output"];

  export interface CacheContext {
    readonly task: TaskDefinition;
    readonly taskRunId: string;
    readonly flowRunId: string | null;
  }
  /** The parameters by their names; those left to the function's own defaults are not among them. */
  export type CacheKeyFunction = (
    context: CacheContext,
    parameters: Record<string, unknown>,
  ) => string | null | undefined | Promise<string | null | undefined>;
  /** A ready-made `cacheKeyFn`: the same for the same task, code and arguments; null where an argument is a function or the like. */
  export function taskInputHash(context: CacheContext, parameters: Record<string, unknown>): string | null;

  /** Where results are kept: a storage block, its name such as `"s3/dev"`, or a folder of this machine by its whole path. */
  export type ResultStorage = StorageBlock<object> | string;

  export interface FlowOptions {
    /** Default: the function's name in kebab-case. */
    name?: string;
    description?: string;
    /** Default: the MD5 of the source file. */
    version?: string;
    /** `{parameter}` in the text is filled in. */
    flowRunName?: string | (() => string);
    /** How often a failed run is tried again. Default 0. */
    retries?: number;
    retryDelaySeconds?: number;
    /** A run that takes longer fails. */
    timeoutSeconds?: number;
    /**
     * Keep the result, so that other processes have it. Default: only where a feature in use needs it. A value that cannot be
     * kept (it holds a function, say) is a warning in the log; with "strict" it fails the run.
     */
    persistResult?: boolean | "strict";
    /**
     * Where the results of the flow, of its tasks and of flows that it calls are kept; by itself it keeps none. A storage that
     * does not take a result fails the run. Default: as the flow that calls it, else the setting
     * ORCH_DEFAULT_RESULT_STORAGE_BLOCK, else a folder of this machine.
     */
    resultStorage?: ResultStorage;
    /** Coerce and check parameters before the call. Default true. */
    validateParameters?: boolean;
    /** Checks and transforms the flow's one argument, an object: a schema of zod, valibot, arktype or their like. */
    parameters?: StandardSchema;
    /** Send `console.log` lines to the run's log. Default false. */
    logPrints?: boolean;
    /** Called in their order once the run has completed. */
    onCompletion?: FlowHook[];
    /** Called in their order once the run has failed, and no retry is left. */
    onFailure?: FlowHook[];
  }

  export interface TaskOptions {
    /** Default: the function's name. */
    name?: string;
    description?: string;
    version?: string;
    /** Concurrency limits of these tags say how many of its runs go on at a time. */
    tags?: string[];
    /** Default: the task's name and a number. `{parameter}` in the text is filled in. */
    taskRunName?: string | (() => string);
    /** How often a failed run is tried again. Default 0. */
    retries?: number;
    /** One delay for all retries, or one for each, at most 50; or what makes them of the number of retries. */
    retryDelaySeconds?: number | readonly number[] | ((retries: number) => readonly number[]);
    /** How far a delay may stray, as a share of it: 0.5 lets 10 seconds be up to 15. So that not all try again at once. */
    retryJitterFactor?: number;
    /** A run that takes longer fails, or is tried again. */
    timeoutSeconds?: number;
    /**
     * Keep the result. Default: only with a `cacheKeyFn`, or in a flow with retries. What cannot be kept is a warning, and is
     * not cached; with "strict" it fails the run.
     */
    persistResult?: boolean | "strict";
    /** Where the result is kept. Default: as the flow that calls the task. */
    resultStorage?: ResultStorage;
    /** A run with the key of an earlier one takes its result instead of running. Null: this run is not cached. */
    cacheKeyFn?: CacheKeyFunction;
    /** Seconds that an entry is good for. Default: for ever. */
    cacheExpiration?: number;
    /** Run although there is an entry, and replace it. */
    refreshCache?: boolean;
    /** Send `console.log` lines to the run's log. Default: as the flow has it. */
    logPrints?: boolean;
    /** Futures or states that must have completed before the task starts. */
    waitFor?: readonly unknown[];
    /** Called in their order once the run has completed. A result from the cache is no run. */
    onCompletion?: TaskHook[];
    /** Called in their order once the run has failed, and no retry is left. */
    onFailure?: TaskHook[];
  }

  export interface FlowDefinition {
    readonly fn: UserFunction;
    readonly options: FlowOptions;
  }

  export interface TaskDefinition {
    readonly fn: UserFunction;
    readonly options: TaskOptions;
  }

  export interface AllowFailure<T> {
    readonly value: T;
  }
  export interface Unmapped<T> {
    readonly value: Input<T>;
  }

  /** A value, or the run it will come from. */
  export type Input<T> = T | TaskFuture<T> | State<T> | AllowFailure<TaskFuture<T> | State<T>>;
  type Inputs<Args extends readonly unknown[]> = { [Index in keyof Args]: Input<Args[Index]> };
  type MapInput<T> = readonly Input<T>[] | Unmapped<T> | (T extends readonly unknown[] ? never : T);
  type MapInputs<Args extends readonly unknown[]> = { [Index in keyof Args]: MapInput<Args[Index]> };

  export type Flow<F extends UserFunction> = Callable<F> &
    FlowDefinition & {
      readonly fn: F;
      /** Calls it, and gives the state its run ends in: a failure is not thrown. */
      returnState(...args: Parameters<F>): Promise<State<Awaited<ReturnType<F>>>>;
      /** The same flow with some options changed. */
      withOptions(options: FlowOptions): Flow<F>;
    };

  export type Task<F extends UserFunction> = Callable<F> &
    TaskDefinition & {
      readonly fn: F;
      /** Calls it, and gives the state its run ends in: a failure is not thrown. */
      returnState(...args: Inputs<Parameters<F>>): Promise<State<Awaited<ReturnType<F>>>>;
      /** Starts the task and does not wait. Futures among the arguments are waited for before it runs. */
      submit(...args: Inputs<Parameters<F>>): TaskFuture<Awaited<ReturnType<F>>>;
      /** One task run for each item of the lists, which are of one length. */
      map(...args: MapInputs<Parameters<F>>): TaskFuture<Awaited<ReturnType<F>>>[];
      /** The same task with some options changed; `waitFor` names runs that must complete first. */
      withOptions(options: TaskOptions): Task<F>;
    };

  export interface RunLogger {
    debug(...message: unknown[]): void;
    info(...message: unknown[]): void;
    warn(...message: unknown[]): void;
    error(...message: unknown[]): void;
    critical(...message: unknown[]): void;
  }

  export interface RunContext {
    readonly flowRun: {
      readonly id: string;
      readonly name: string;
      readonly flowName: string;
      readonly deploymentId: string | null;
      readonly parameters: Record<string, unknown>;
      readonly tags: readonly string[];
      /** 1 on the first attempt. */
      readonly runCount: number;
      readonly expectedStartTime: string | null;
    };
    /** Null in the flow's own code. */
    readonly taskRun: {
      readonly id: string;
      readonly name: string;
      readonly taskName: string;
      readonly runCount: number;
    } | null;
    /** Aborted when the run was given up: hand it to `fetch` and the like. */
    readonly signal: AbortSignal;
  }

  export interface StateOptions<T> {
    name?: string;
    message?: string;
    data?: T;
  }

  /** Marks a function as a flow. With a schema its one argument is what the schema makes of what it is called with. */
  export function flow<S extends StandardSchema, R>(
    fn: (parameters: SchemaOutput<S>) => R,
    options: Omit<FlowOptions, "parameters"> & { parameters: S },
  ): Flow<(parameters: SchemaInput<S>) => R>;
  export function flow<S extends OlderSchema, R>(
    fn: (parameters: S["_output"]) => R,
    options: Omit<FlowOptions, "parameters"> & { parameters: S },
  ): Flow<(parameters: S["_input"]) => R>;
  export function flow<F extends UserFunction>(fn: F, options?: FlowOptions): Flow<F>;
  /** Marks a function as a task: its calls in a flow become task runs. */
  export function task<F extends UserFunction>(fn: F, options?: TaskOptions): Task<F>;
  /** Delays of retries that double: `factor`, twice, four times it… */
  export function exponentialBackoff(factor: number): (retries: number) => number[];
  /** The logger of the run around the call. */
  export function getRunLogger(): RunLogger;
  /** The run around the call. */
  export function runContext(): RunContext;
  /** Waits; ends early, by throwing, when the run was given up. */
  export function sleep(seconds: number): Promise<void>;

  export function Completed<T = undefined>(options?: StateOptions<T>): State<T>;
  export function Failed(options?: StateOptions<Error>): State<never>;
  export function Cancelled(options?: StateOptions<Error>): State<never>;
  export function Crashed(options?: StateOptions<Error>): State<never>;

  /** Lets a task run although what it depends on failed: it gets the error in the place of the value. */
  export function allowFailure<T>(upstream: T): AllowFailure<T>;
  /** Hands the same value to every call of a `map`, also when it is a list. */
  export function unmapped<T>(value: T): Unmapped<T>;

  /** A task that this one depends on did not complete. */
  export class UpstreamTaskError extends Error {}
  export class FailedRun extends Error {}
  export class CrashedRun extends Error {}
  export class CancelledRun extends Error {}
  export class UnfinishedRun extends Error {}
  /** A paused run was not resumed in time. */
  export class FlowPauseTimeout extends Error {}
  /** A run that is not paused cannot be resumed. */
  export class NotPausedError extends Error {}
  /** A run completed in another process, and its result was not kept. */
  export class MissingResult extends Error {}

  /** Values that JSON can hold. */
  export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
  export type JsonObject = { [key: string]: Json };

  export interface SaveOptions {
    /** Take the place of a block of that name. Default false. */
    overwrite?: boolean;
  }

  /** Says what the blocks of a class hold: `static definition` of a class of your own. */
  export interface BlockTypeDefinition {
    /** Small letters, digits and dashes. */
    slug: string;
    name: string;
    description: string;
    is_protected: boolean;
    capabilities: readonly string[];
    /** A JSON schema: `title`, `type`, `properties`, `required`; `secret_fields` names what is shown as asterisks. */
    fields: JsonObject;
  }

  /**
   * Typed, named configuration that is kept on the server. Secrets are never printed: the console shows asterisks.
   *
   * A class of your own says what it holds, and names its fields with `declare`, which leaves what the block was given:
   *
   * @example
   * class Cube extends Block<{ edge: number }> {
   *   static readonly definition = {
   *     ...{ slug: "cube", name: "Cube", description: "Six sides.", is_protected: false, capabilities: [] },
   *     fields: { title: "Cube", type: "object", properties: { edge: { type: "integer" } }, required: ["edge"] },
   *   };
   *   declare edge: number;
   * }
   * await new Cube({ edge: 3 }).save("mine");
   */
  export abstract class Block<Fields extends object = object> {
    static readonly definition: BlockTypeDefinition | null;
    constructor(fields: Fields);
    /** The block of that name, with its secrets. */
    static load<B extends Block>(this: new (fields: never) => B, name: string): Promise<B>;
    /** Saves it under a name, or once more under the one it has. Gives its id. */
    save(name?: string, options?: SaveOptions): Promise<string>;
    /** Where it is on the server; null for one that was not saved. */
    get saved(): { id: string; name: string | null; isAnonymous: boolean } | null;
    /** As it travels: secrets as they are. */
    toData(): JsonObject;
    /** As JSON shows it: secrets as asterisks. */
    toJSON(): JsonObject;
  }

  /** Text that is stored encrypted and never printed. */
  export class Secret extends Block<{ value: string }> {
    value: string;
    get(): string;
  }
  /** Any JSON. */
  export class JSONBlock extends Block<{ value: Json }> {
    value: Json;
  }
  /** The same under its old name, which hides the global `JSON` where it is imported. */
  export const JSON: typeof JSONBlock;
  /** Text. */
  export class StringBlock extends Block<{ value: string }> {
    value: string;
  }
  /** The same under its old name. */
  export const String: typeof StringBlock;
  /** A moment. */
  export class DateTime extends Block<{ value: Date | string }> {
    value: Date;
  }

  export interface WebhookFields {
    url: string;
    /** Default: POST. */
    method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    headers?: Record<string, string> | null;
  }
  /** An address, with a method and headers. The address may hold a key, so it is a secret too. */
  export class Webhook extends Block<WebhookFields> {
    url: string;
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    headers: Record<string, string> | null;
    /** Calls the address with `payload` as JSON. The answer is yours to judge, whatever its status. */
    call(payload?: Json): Promise<Response>;
  }

  export interface PutDirectoryOptions {
    /** The file of patterns that are left out. Default: `.orchignore` or `.prefectignore` of the folder. */
    ignoreFile?: string;
  }
  /** A block that keeps files. */
  export abstract class StorageBlock<Fields extends object> extends Block<Fields> {
    /** The files below a folder (default: all), at any depth, by the paths that `readPath` takes, in their order. */
    listPaths(path?: string | null): Promise<string[]>;
    /** The content of a file. */
    readPath(path: string): Promise<Uint8Array>;
    /** Writes a file, whole or not at all. Gives where it lies. */
    writePath(path: string, content: string | Uint8Array): Promise<string>;
    /** Copies what is stored at `fromPath` (default: everything) into a folder (default: the current one). */
    getDirectory(fromPath?: string | null, localPath?: string | null): Promise<void>;
    /** Stores a folder (default: the current one), without what its ignore file names. Gives the number of files. */
    putDirectory(localPath?: string | null, toPath?: string | null, options?: PutDirectoryOptions): Promise<number>;
  }
  /** A folder of this machine. Paths that leave it are refused. */
  export class LocalFileSystem extends StorageBlock<{ basepath?: string | null }> {
    basepath: string | null;
  }

  export interface S3Fields {
    /** `bucket` or `bucket/folder`. */
    bucketPath: string;
    awsAccessKeyId?: string | null;
    awsSecretAccessKey?: string | null;
  }
  /** A bucket of AWS S3. */
  export class S3 extends StorageBlock<S3Fields> {
    bucketPath: string;
    awsAccessKeyId: string | null;
    awsSecretAccessKey: string | null;
  }

  export interface GCSFields {
    bucketPath: string;
    /** The account's key file, as text. */
    serviceAccountInfo?: string | null;
    project?: string | null;
  }
  /** A bucket of Google Cloud Storage. */
  export class GCS extends StorageBlock<GCSFields> {
    bucketPath: string;
    serviceAccountInfo: string | null;
    project: string | null;
  }

  export interface AzureFields {
    bucketPath: string;
    azureStorageConnectionString?: string | null;
    azureStorageAccountName?: string | null;
    azureStorageAccountKey?: string | null;
    azureStorageTenantId?: string | null;
    azureStorageClientId?: string | null;
    azureStorageClientSecret?: string | null;
    /** Default: true. */
    azureStorageAnon?: boolean;
  }
  /** A container of Azure Blob Storage. */
  export class Azure extends StorageBlock<AzureFields> {
    bucketPath: string;
    azureStorageConnectionString: string | null;
    azureStorageAccountName: string | null;
    azureStorageAccountKey: string | null;
    azureStorageTenantId: string | null;
    azureStorageClientId: string | null;
    azureStorageClientSecret: string | null;
    azureStorageAnon: boolean;
  }

  export interface SMBFields {
    sharePath: string;
    smbHost: string;
    smbPort?: number | null;
    smbUsername?: string | null;
    smbPassword?: string | null;
  }
  /** A share of the network. */
  export class SMB extends StorageBlock<SMBFields> {
    sharePath: string;
    smbHost: string;
    smbPort: number | null;
    smbUsername: string | null;
    smbPassword: string | null;
  }

  export interface GitHubFields {
    repository: string;
    /** A branch, a tag or a commit. Default: the branch that the repository names. */
    reference?: string | null;
    /** For addresses that begin with `https://` alone. */
    accessToken?: string | null;
    /** Default: true. */
    includeGitObjects?: boolean;
  }
  /**
   * Code in a git repository, which is read by the `git` of this machine: `putDirectory` and `writePath` are refused, the other calls fetch it anew.
   *
   * @example
   * await (await GitHub.load("flows")).getDirectory("etl", "/srv/app"); // /srv/app/etl/…
   */
  export class GitHub extends StorageBlock<GitHubFields> {
    repository: string;
    reference: string | null;
    accessToken: string | null;
    includeGitObjects: boolean;
  }

  export interface GitLabCredentialsFields {
    token?: string | null;
    /** Of a GitLab that you host. */
    url?: string | null;
  }
  export class GitLabCredentials extends Block<GitLabCredentialsFields> {
    token: string | null;
    url: string | null;
  }

  export interface GitLabRepositoryFields {
    repository: string;
    /** A branch, a tag or a commit. Default: the branch that the repository names. */
    reference?: string | null;
    /** For addresses that begin with `https://` or `http://`. */
    credentials?: GitLabCredentials | null;
  }
  /** As `GitHub`. */
  export class GitLabRepository extends StorageBlock<GitLabRepositoryFields> {
    repository: string;
    reference: string | null;
    credentials: GitLabCredentials | JsonObject | null;
  }

  export interface RemoteFileSystemFields {
    /** Such as `s3://bucket/folder`. */
    basepath: string;
    settings?: JsonObject | null;
  }
  /** Files at an address. */
  export class RemoteFileSystem extends StorageBlock<RemoteFileSystemFields> {
    basepath: string;
    settings: JsonObject | null;
  }

  /** What every kind of infrastructure can be told. */
  export interface JobFields {
    /** Variables of the run's environment; null takes one away. */
    env?: Record<string, string | null> | null;
    labels?: Record<string, string> | null;
    name?: string | null;
    /** Default: the engine of the flow's language. */
    command?: string[] | null;
    /** Show what the run prints in the agent's output. Default: true. */
    streamOutput?: boolean;
  }
  /** A block that says where a flow runs. */
  export abstract class JobBlock<Fields extends JobFields> extends Block<Fields> {
    type: string;
    env: Record<string, string | null>;
    labels: Record<string, string>;
    name: string | null;
    command: string[] | null;
    streamOutput: boolean;
  }

  export interface ProcessFields extends JobFields {
    /** Where the run works. Default: a folder of its own with the flow's code. */
    workingDir?: string | null;
  }
  /** A process on the machine of the agent. */
  export class Process extends JobBlock<ProcessFields> {
    constructor(fields?: ProcessFields);
    workingDir: string | null;
  }

  export interface DockerContainerFields extends JobFields {
    image?: string | null;
    imagePullPolicy?: "IF_NOT_PRESENT" | "ALWAYS" | "NEVER" | null;
    imageRegistry?: DockerRegistry | null;
    networks?: string[] | null;
    networkMode?: string | null;
    /** Default: false. */
    autoRemove?: boolean;
    volumes?: string[] | null;
    memswapLimit?: number | string | null;
    memLimit?: number | string | null;
    /** Default: false. */
    privileged?: boolean;
  }
  /** A Docker container. In this version it can be saved and loaded; agents start none yet. */
  export class DockerContainer extends JobBlock<DockerContainerFields> {
    constructor(fields?: DockerContainerFields);
    image: string | null;
    imagePullPolicy: DockerContainerFields["imagePullPolicy"];
    imageRegistry: DockerRegistry | JsonObject | null;
    networks: string[] | null;
    networkMode: string | null;
    autoRemove: boolean;
    volumes: string[] | null;
    memswapLimit: number | string | null;
    memLimit: number | string | null;
    privileged: boolean;
  }

  export interface DockerRegistryFields {
    username: string;
    password: string;
    registryUrl: string;
    /** Default: true. */
    reauth?: boolean;
  }
  /** Logs in where images come from. */
  export class DockerRegistry extends Block<DockerRegistryFields> {
    username: string;
    password: string;
    registryUrl: string;
    reauth: boolean;
  }

  export interface KubernetesJobFields extends JobFields {
    image?: string | null;
    namespace?: string | null;
    serviceAccountName?: string | null;
    imagePullPolicy?: "IfNotPresent" | "Always" | "Never" | null;
    clusterConfig?: KubernetesClusterConfig | null;
    /** The manifest that the job is made from. */
    job?: JsonObject | null;
    /** JSON patches of the manifest. */
    customizations?: JsonObject[] | null;
    jobWatchTimeoutSeconds?: number | null;
    /** Default: 60. */
    podWatchTimeoutSeconds?: number;
    finishedJobTtl?: number | null;
  }
  /** A job of a Kubernetes cluster. In this version it can be saved and loaded; agents start none yet. */
  export class KubernetesJob extends JobBlock<KubernetesJobFields> {
    constructor(fields?: KubernetesJobFields);
    image: string | null;
    namespace: string | null;
    serviceAccountName: string | null;
    imagePullPolicy: KubernetesJobFields["imagePullPolicy"];
    clusterConfig: KubernetesClusterConfig | JsonObject | null;
    job: JsonObject | null;
    customizations: JsonObject[] | null;
    jobWatchTimeoutSeconds: number | null;
    podWatchTimeoutSeconds: number;
    finishedJobTtl: number | null;
  }

  export interface KubernetesClusterConfigFields {
    config: JsonObject;
    contextName: string;
  }
  /** Says how to reach a Kubernetes cluster. */
  export class KubernetesClusterConfig extends Block<KubernetesClusterConfigFields> {
    config: JsonObject;
    contextName: string;
  }

  export interface ArtifactOptions {
    /** Artifacts of one key are versions of one thing. Lower-case letters, digits and dashes. Default: none. */
    key?: string;
    description?: string;
  }
  /** Columns by their names, or rows by the names of their columns. */
  export type ArtifactTable = Record<string, readonly unknown[]> | readonly Record<string, unknown>[];
  /** Leaves Markdown for people to look at; in a run it is that run's. Gives the artifact's id. */
  export function createMarkdownArtifact(options: ArtifactOptions & { markdown: string }): Promise<string>;
  export function createTableArtifact(options: ArtifactOptions & { table: ArtifactTable }): Promise<string>;
  export function createLinkArtifact(options: ArtifactOptions & { link: string; linkText?: string }): Promise<string>;

  export interface SetVariableOptions {
    /** In the place of those that it has. */
    tags?: string[];
  }
  /** Named text that is kept on the server. */
  export const variables: {
    /** The variable's text; the fallback, or null, when there is none of that name. */
    get(name: string): Promise<string | null>;
    get<T>(name: string, fallback: T): Promise<string | T>;
    /** Makes it, or changes it. */
    set(name: string, value: string, options?: SetVariableOptions): Promise<void>;
  };

  export interface RunDeploymentOptions {
    /** Laid over the deployment's own. */
    parameters?: Record<string, unknown>;
    /** Default: now. */
    scheduledTime?: Date | string;
    /** Default: two words. */
    flowRunName?: string;
    /** Seconds to wait for the run's end. Default: until it comes; 0 does not wait. */
    timeout?: number | null;
    /** Seconds between two looks at the run. Default: at first more often, then 5. */
    pollInterval?: number;
    tags?: string[];
    /** A second call with the same key gives the first one's run. */
    idempotencyKey?: string;
  }

  export interface DeploymentRun {
    readonly id: string;
    readonly name: string;
    readonly flowId: string;
    readonly deploymentId: string | null;
    /** Set when it was asked for in a flow: the task run that stands for it there. */
    readonly parentTaskRunId: string | null;
    readonly parameters: Record<string, unknown>;
    readonly tags: readonly string[];
    readonly idempotencyKey: string | null;
    readonly expectedStartTime: Date | null;
    readonly startTime: Date | null;
    readonly endTime: Date | null;
    /** Seconds. */
    readonly totalRunTime: number;
    /** As it was when the waiting ended. */
    readonly state: State;
  }

  /** A run of a deployment, for an agent to execute. Waits for its end; in a flow it shows as a subflow. */
  export function runDeployment(name: string, options?: RunDeploymentOptions): Promise<DeploymentRun>;

  export interface PauseOptions {
    /** Another run than the one around the call: it ends before its next task, and is started again when it is resumed. */
    flowRunId?: string;
    /** Seconds until the run fails because nobody resumed it; null for never. Default: 300. */
    timeout?: number | null;
    /** Seconds between two looks, where the server does not tell of the change itself. Default: 10. */
    pollInterval?: number;
    /**
     * End the process meanwhile: an agent starts the run again when it is resumed, and the flow comes by once more. Tasks
     * that completed are not run again: `persistResult: true` keeps what they gave. Needs a deployment.
     */
    reschedule?: boolean;
    /** A pause whose key was used before in the run is none. Default: a count of the pauses of the run. */
    key?: string;
  }
  /** Waits until somebody resumes the run around the call: `resumeFlowRun`, the API, or the web page. */
  export function pauseFlowRun(options?: PauseOptions): Promise<void>;
  /** Lets a paused run go on: in its process, or in a new one if it ended with the pause. */
  export function resumeFlowRun(id: string): Promise<void>;

  export interface Cron {
    cron: string;
    /** Such as `Europe/Berlin`. Default: UTC. */
    timezone?: string | null;
    /** Whether a day has to match the day of the month or the weekday, or both. Default: true, either. */
    dayOr?: boolean;
  }
  export interface Interval {
    /** Seconds, or a length of time such as `30m`, `1h` or `1d`. */
    interval: number | string;
    /** Runs are whole intervals away from it. Default: when the deployment is applied. */
    anchorDate?: Date | string | null;
    timezone?: string | null;
  }
  export interface RRule {
    /** Such as `FREQ=WEEKLY;BYDAY=MO`. */
    rrule: string;
    timezone?: string | null;
  }
  export type Schedule = Cron | Interval | RRule;

  export interface DeploymentFields {
    name: string;
    flowName: string | null;
    description: string | null;
    version: string | null;
    tags: string[];
    /** Default values of its runs. */
    parameters: Record<string, unknown>;
    schedule: Schedule | null;
    isScheduleActive: boolean | null;
    /**
     * What becomes of a run that is due while another run of the deployment is under way: it starts too (`allow`, the
     * default), is skipped, waits for its turn, or takes the place of the older one.
     */
    overlap: "allow" | "skip" | "wait" | "cancel-older" | null;
    /**
     * Which scheduled runs that could not start in time start later: `all` (the default), only the `last` one, `none`, or
     * those that are late by `within` at most, in seconds or such as `6h`.
     */
    catchup: "all" | "last" | "none" | { within: number | string } | null;
    workQueueName: string | null;
    workPoolName: string | null;
    /** Fields of the infrastructure, by their names in deployment files: `{ "env.NAME": "value" }`. */
    infraOverrides: JsonObject;
    /** A block, or one as the server has it; null: a process. */
    infrastructure: Block | JsonObject | null;
    storage: Block | JsonObject | null;
    /** The folder that runs take the code from, or the place in `storage`. */
    path: string | null;
    /** Such as `flows/marvin.ts:sayHi`. */
    entrypoint: string | null;
    manifestPath: string | null;
    parameterOpenapiSchema: JsonObject | null;
  }
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

  /** A deployment: built from a flow, loaded from the server or a file, changed as an object, and applied. */
  export interface Deployment extends DeploymentFields {}
  export class Deployment {
    constructor(options: DeploymentOptions);
    /** A deployment of a flow that a file exports; its code is copied to where runs take it from. */
    static buildFromFlow(options: BuildOptions): Promise<Deployment>;
    /** A deployment as its file has it. */
    static loadFromYaml(path: string): Promise<Deployment>;
    /** Takes what was not set from the server. Gives false when it has no such deployment. */
    load(): Promise<boolean>;
    /** Registers it with the server; `upload` brings the code to where runs take it from first. Gives its id. */
    apply(options?: { upload?: boolean }): Promise<string>;
    /** Writes its file, as `orch deployment build` does. */
    toYaml(path: string): Promise<void>;
  }
}
