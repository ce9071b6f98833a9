// Finds the route of a path: one look per segment, in tables built once.
import { nameOfPart } from "#lib/text/path-part.ts";
import type { Route } from "./route.ts";

interface Leaf {
  route: Route;
  /** Of its path parameters, in order. */
  names: string[];
}

interface Node {
  fixed: Map<string, Node>;
  param: Node | undefined;
  /** By method. */
  leaves: Map<string, Leaf>;
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

export interface Matcher {
  /** `undefined` for an unknown path; `methods` of a known one say what it takes. */
  find(method: string, path: string): Match | { methods: string[] } | undefined;
}

export function createMatcher(routes: readonly Route[]): Matcher {
  const root = newNode();
  for (const route of routes) {
    let node = root;
    for (const segment of route.endpoint.path.split("/").slice(1)) node = childFor(node, segment);
    node.leaves.set(route.endpoint.method, { route, names: paramNames(route.endpoint.path) });
  }

  return {
    find(method, path) {
      const wanted = method === "HEAD" ? "GET" : method;
      const segments = path.split("/");
      const values: string[] = [];
      const leaf = walk(root, segments, 1, values, ({ leaves }) => leaves.has(wanted))?.leaves.get(wanted);
      if (leaf) return { route: leaf.route, params: named(leaf.names, values) };
      const known = walk(root, segments, 1, [], ({ leaves }) => leaves.size > 0);
      return known && { methods: [...known.leaves.keys()] };
    },
  };
}

function newNode(): Node {
  return { fixed: new Map(), param: undefined, leaves: new Map() };
}

function childFor(node: Node, segment: string): Node {
  if (segment.startsWith("{")) {
    node.param ??= newNode();
    return node.param;
  }
  const child = node.fixed.get(segment) ?? newNode();
  node.fixed.set(segment, child);
  return child;
}

/** Fixed segments win over `{name}`; `values` receives what the names stand for. */
function walk(
  node: Node,
  segments: readonly string[],
  at: number,
  values: string[],
  ends: (node: Node) => boolean,
): Node | undefined {
  const segment = segments[at];
  if (segment === undefined) return ends(node) ? node : undefined;
  const fixed = node.fixed.get(segment);
  const found = fixed && walk(fixed, segments, at + 1, values, ends);
  if (found || !node.param || segment === "") return found;
  const value = decoded(segment);
  if (value === undefined) return undefined;
  values.push(value);
  const below = walk(node.param, segments, at + 1, values, ends);
  if (!below) values.pop();
  return below;
}

/** A `%2F` stands for `/` and so matches no single segment, as on the old server. */
function decoded(segment: string): string | undefined {
  if (!segment.includes("%")) return segment;
  try {
    const value = decodeURIComponent(segment);
    return value.includes("/") ? undefined : nameOfPart(value);
  } catch {
    return undefined; // not percent-encoded text: no route has such a path
  }
}

function named(names: readonly string[], values: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) params[name] = values[index] ?? "";
  return params;
}

/** `/flows/{id}` to `["id"]`. */
export function paramNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}
