// The manifests of templates/kubernetes as people apply them: the example with made-up secrets, put together by kubectl.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

export const FOLDER = "templates/kubernetes";

/** What the tests look at in an object of the cluster. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  rules?: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
  spec?: { template?: { spec: PodSpec } };
}

export interface PodSpec {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  securityContext: Record<string, unknown>;
  initContainers?: Container[];
  containers: Container[];
  volumes: { name: string; configMap?: { name: string }; secret?: { secretName: string } }[];
}

export interface Container {
  name: string;
  image: string;
  args: string[];
  securityContext: Record<string, unknown>;
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  volumeMounts: { name: string; mountPath: string }[];
}

/** Every object of a text; throws where it is no YAML. */
export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error) throw error;
    return document.toJS() as Manifest; // the caller looks
  });
}

/** All files of the folder, by their paths. */
export function filesOf(folder = FOLDER): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.ya?ml$/.test(name));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** What `kubectl kustomize` makes of the example; `change` is applied to its file of values. */
export function built(kubectl: string, change = (values: string) => values): string {
  const copy = mkdtempSync(join(tmpdir(), "orch-kubernetes-"));
  try {
    cpSync(FOLDER, copy, { recursive: true });
    const example = join(copy, "example");
    const values = join(example, "kustomization.yaml");
    writeFileSync(values, change(readFileSync(values, "utf8")));
    mkdirSync(join(example, "secrets"));
    writeFileSync(join(example, "secrets/encryption.key"), Buffer.alloc(32, 7).toString("base64"));
    writeFileSync(join(example, "secrets/api-key"), "a-key-of-a-test");
    writeFileSync(join(example, "secrets/bucket.env"), "AWS_ACCESS_KEY_ID=id\nAWS_SECRET_ACCESS_KEY=secret\n");
    const { stdout, stderr, exitCode } = Bun.spawnSync([kubectl, "kustomize", example]);
    if (exitCode !== 0 || stderr.length > 0) throw new Error(`kubectl kustomize: ${stderr}`);
    return stdout.toString();
  } finally {
    rmSync(copy, { recursive: true });
  }
}
