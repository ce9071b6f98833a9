// Finds what the source of a project needs from outside of its folder: files that it imports or names by a relative path,
// packages of its workspace, and what its tsconfig.json extends.
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { OrchError } from "#lib/errors.ts";
import { isWithin } from "#lib/files/is-within.ts";
import { isObject, tryParseJson } from "#lib/json.ts";
import { listFile, MODULES, type TreeFile } from "#storage/transfer/list.ts";
import { type TsConfig, tsConfigFor } from "../loading/compiler-options.ts";
import { readIgnoreRules } from "./ignore.ts";
import { type LeftOut, listProject } from "./left-out.ts";
import { type LinkedPackage, linkedPackages, modulesInReach } from "./linked.ts";
import { beginningOf, isSecretFile } from "./secret-files.ts";
import { isOfSystem } from "./system-folders.ts";

/** A folder that is packed, with its files relative to it. */
export interface Part {
  folder: string;
  files: readonly TreeFile[];
}

const SOURCE = /(?:\.[cm]?[jt]sx?|(?:^|\/)package\.json)$/;
/** What a module may be, beside source. */
const IMPORTED = /\.(?:[cm]?[jt]sx?|jsonc?|wasm|node)$/;
/** Larger ones are generated. */
const LARGEST_SOURCE = 4 * 1024 * 1024;
/** The beginning of a text that may be the name of a package. */
const PACKAGE_NAME = /["'`]((?:@[\w.~-]+\/)?[\w.~-]+)(?=["'`/])/g;
const RELATIVE = /["'`](\.\.?\/[^"'`\n$]*)["'`]/g;
/** More is a mistake: a link to a whole disk, an import of another program. */
const MOST_FILES = 20_000;

export interface OutsideOptions {
  /** By absolute path: what is never packed. */
  isOurs: (path: string) => boolean;
  /** A file that is packed also where no source names it. Absolute. */
  entry: string | undefined;
  leftOut: LeftOut;
}

/** The parts that come with `project`, which is one itself and not among them. Its folder has no links in its path. */
export async function partsOutside(project: Part, { isOurs, entry, leftOut }: OutsideOptions): Promise<Part[]> {
  const parts: Part[] = [];
  const folders = new Set<string>();
  const loose = new Set<string>();
  const queue = [project];
  const linkedIn = onceForEach(linkedPackages);
  const holds = (path: string) =>
    loose.has(path) || ([project.folder, ...folders].some((folder) => isWithin(folder, path)) && !leftOut.linkTo(path));

  function add(part: Part): void {
    parts.push(part);
    queue.push(part);
    if (parts.reduce((sum, { files }) => sum + files.length, 0) <= MOST_FILES) return;
    const sentence = `More than ${MOST_FILES} files outside of '${project.folder}' belong to it, in '${part.folder}' among others.`;
    throw new OrchError("invalid", `${sentence} Run the command in the folder that holds all of it.`);
  }
  async function addPackage({ folder }: LinkedPackage): Promise<void> {
    // A link to a folder around the project: it is there already, as far as it is packed.
    if (holds(folder) || isWithin(folder, project.folder)) return;
    folders.add(folder);
    add({ folder, files: await listProject(folder, { rules: readIgnoreRules(folder), isOurs, leftOut }) });
  }
  function addFile(path: string): void {
    if (holds(path) || `${path}${sep}`.includes(`${sep}${MODULES}${sep}`)) return;
    loose.add(path);
    if (isSecretFile(relative(project.folder, path), (bytes) => beginningOf(path, bytes))) {
      leftOut.secret(path);
      return;
    }
    add({ folder: dirname(path), files: [listFile(dirname(path), basename(path))] });
    // It says how the file is read.
    const about = nearestPackage(dirname(path), project.folder);
    if (about) addFile(about);
  }

  /** Through a link that leads out, and was not followed, source comes along as it is named: at its place in the project. */
  function addNamed(named: string, from: string): void {
    const found = fileAt(named, from);
    const link = leftOut.linkTo(named);
    if (found === undefined || isOfSystem(found, project.folder)) return;
    const target = link === undefined ? undefined : realpathSync(link);
    if (link === undefined || target === undefined) addFile(found);
    else if (IMPORTED.test(found) && isWithin(target, found)) addFile(join(link, relative(target, found)));
  }

  if (entry !== undefined && !holds(entry)) addNamed(entry, project.folder);
  for (let part = queue.shift(); part; part = queue.shift()) {
    const config = tsConfigFor(part.folder);
    for (const path of config?.files ?? []) addFile(path);
    const about = aboutImports(part.folder);
    if (about) addFile(about.path);
    const aliases = [...Object.keys(about?.imports ?? {}), ...pathsOf(config)].flatMap(aliasPattern);
    const linked = new Map(linkedInReach(part, linkedIn).map((each) => [each.name, each]));
    for (const { path } of part.files.filter(isSource)) {
      const from = dirname(join(part.folder, path));
      const text = readFileSync(join(part.folder, path), "utf8");
      for (const each of linked.size > 0 ? packagesIn(text, linked) : []) await addPackage(each);
      for (const named of namedPaths(text, from, aliases)) {
        if (!holds(named)) addNamed(named, from);
      }
    }
  }
  return parts;
}

function isSource({ path, link, bytes }: TreeFile): boolean {
  return link === null && bytes <= LARGEST_SOURCE && SOURCE.test(path);
}

/** Nearest last: of two of one name it is the nearest that an import finds. */
function linkedInReach({ folder, files }: Part, linkedIn: typeof linkedPackages): LinkedPackage[] {
  const inside = files.filter(({ link, path }) => link !== null && basename(path) === MODULES);
  const modules = [...inside.map(({ path }) => join(folder, path)), ...modulesInReach(folder)];
  return modules.toReversed().flatMap(linkedIn);
}

function packagesIn(text: string, linked: ReadonlyMap<string, LinkedPackage>): LinkedPackage[] {
  const names = new Set([...text.matchAll(PACKAGE_NAME)].map(([, name = ""]) => name));
  return [...names].flatMap((name) => linked.get(name) ?? []);
}

/** Looks into each node_modules once. */
function onceForEach(look: typeof linkedPackages): typeof linkedPackages {
  const known = new Map<string, LinkedPackage[]>();
  return (modules) => {
    const found = known.get(modules) ?? look(modules);
    known.set(modules, found);
    return found;
  };
}

/** Relative paths as absolute ones; aliases as they are written. */
function namedPaths(text: string, from: string, aliases: readonly RegExp[]): string[] {
  const paths = text.includes("./") ? [...text.matchAll(RELATIVE)].map(([, path = ""]) => resolve(from, path)) : [];
  const aliased = aliases.flatMap((alias) => [...text.matchAll(alias)].map(([, name = ""]) => name));
  return [...new Set([...paths, ...aliased])];
}

function pathsOf(config: TsConfig | undefined): string[] {
  const paths = config?.options["paths"];
  return isObject(paths) ? Object.keys(paths) : [];
}

/** The nearest package.json, if it has `imports`: names that begin with a `#`. */
function aboutImports(folder: string): { path: string; imports: object } | undefined {
  const path = nearestPackage(folder, "/");
  const about = path === undefined ? undefined : tryParseJson(readFileSync(path, "utf8"));
  const imports = isObject(about) ? about["imports"] : undefined;
  return path !== undefined && isObject(imports) ? { path, imports } : undefined;
}

/** What `lib` and `lib/*` are in a source. An alias that begins with a `*` would be every import. */
function aliasPattern(alias: string): RegExp[] {
  const [head = "", tail] = alias.split("*");
  if (head === "") return [];
  return [new RegExp(`["'](${RegExp.escape(head)}${tail === undefined ? "" : "[^\"'\\n]*"})["']`, "g")];
}

/** The file that an import finds, or a plain path names. Folders are not taken as a whole. */
function fileAt(named: string, from: string): string | undefined {
  try {
    const found = Bun.resolveSync(named, from);
    if (isFile(found)) return found;
  } catch {
    // no module
  }
  return isFile(named) ? named : undefined;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Up to the folder that also holds `last`. */
function nearestPackage(folder: string, last: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, "package.json");
    if (existsSync(path)) return path;
    if (isWithin(at, last) || dirname(at) === at) return undefined;
  }
}
