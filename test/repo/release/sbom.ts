// Makes the list of what is inside of the executable, in CycloneDX: npm's own list, with only the packages that were bundled, and Bun.
import type { CarriedPackage } from "#cli/version/licenses.ts";

interface Component {
  type: string;
  name: string;
  version: string;
  "bom-ref"?: string;
  [field: string]: unknown;
}

interface Bom {
  metadata: { component: Component; [field: string]: unknown };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
  [field: string]: unknown;
}

/** Parts of Bun whose versions it does not tell, or which are of its interface alone. */
const NO_PART = new Set(["bun", "node", "v8", "modules", "napi", "unicode", "typescript", "openssl"]);

/** Throws when npm cannot make its list: it does since npm 10. */
export async function bomOf(carried: readonly CarriedPackage[]): Promise<Bom> {
  const bom = await listOfNpm();
  const isCarried = new Set(carried.map(({ name, version }) => `${name}@${version}`));
  const components = bom.components.filter(
    (each) => each.name !== "bun" && isCarried.has(`${nameOf(each)}@${each.version}`),
  );
  const listed = new Set(components.map((each) => `${nameOf(each)}@${each.version}`));
  const others = carried.slice(1).filter(({ name, version }) => !listed.has(`${name}@${version}`));
  const all = [...components, ...others.map(componentOf), ...partsOfBun()];
  const refs = new Set(all.map((each) => each["bom-ref"]));
  const root = bom.dependencies[0]?.ref;
  const dependencies = bom.dependencies
    .filter(({ ref }) => ref === root || refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));
  // npm takes the name of the folder for an application without a registry.
  const [{ name = "", version = "" } = {}] = carried;
  const component = { ...bom.metadata.component, name, version, purl: `pkg:npm/${name}@${version}` };
  return { ...bom, metadata: { ...bom.metadata, component }, components: all, dependencies };
}

async function listOfNpm(): Promise<Bom> {
  const words = ["npm", "sbom", "--sbom-format=cyclonedx", "--sbom-type=application", "--package-lock-only"];
  const child = Bun.spawn(words, { stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`npm sbom failed; it needs npm 10 or newer:\n${out}${err}`);
  return JSON.parse(out) as Bom; // in the format that was asked for
}

function nameOf({ group, name }: Component): string {
  return typeof group === "string" && group !== "" ? `${group}/${name}` : name;
}

/** What lies inside of another package, as TypeScript does, and Bun. */
function componentOf({ name, version, license }: CarriedPackage): Component {
  const isBun = name === "bun";
  const purl = isBun ? `pkg:github/oven-sh/bun@bun-v${version}` : `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const licenses = [{ expression: license }];
  return { type: isBun ? "platform" : "library", name, version, "bom-ref": `${name}@${version}`, purl, licenses };
}

/** Their commits, as Bun names them. */
function partsOfBun(): Component[] {
  return Object.entries(process.versions).flatMap(([name, version]) =>
    version === undefined || NO_PART.has(name)
      ? []
      : [{ type: "library", name, version, "bom-ref": `bun/${name}@${version}`, scope: "required", group: "bun" }],
  );
}
