// Takes the name of an image apart: its registry, its tag, its digest.

export interface ImageName {
  /** Without tag and digest, as it was written. */
  repository: string;
  tag: string | null;
  digest: string | null;
  /** The machine it comes from; Docker Hub where none is written. */
  registry: string;
}

export const DOCKER_HUB = "docker.io";

/**
 * @example
 * parseImageName("registry.lan:5000/team/flows:2"); // registry "registry.lan:5000", tag "2"
 */
export function parseImageName(image: string): ImageName {
  const [named = "", digest = null] = image.split("@", 2);
  const slash = named.lastIndexOf("/");
  const colon = named.lastIndexOf(":");
  const hasTag = colon > slash;
  const repository = hasTag ? named.slice(0, colon) : named;
  const [first = ""] = repository.split("/", 1);
  const isHost = repository.includes("/") && (/[.:]/.test(first) || first === "localhost");
  return { repository, tag: hasTag ? named.slice(colon + 1) : null, digest, registry: isHost ? first : DOCKER_HUB };
}

/** As settings write it, with a scheme and a path or without: `https://index.docker.io/v1/` is Docker Hub. */
export function registryHost(address: string): string {
  const host = address.replace(/^[a-z]+:\/\//i, "").replace(/\/.*$/, "");
  return /^(?:index\.|registry-1\.)?docker\.io$/.test(host) ? DOCKER_HUB : host;
}

/** As the docker command has them: what may have changed since is asked for again. */
export function usualPullPolicy({ tag, digest }: ImageName): "ALWAYS" | "IF_NOT_PRESENT" {
  return digest === null && (tag === null || tag === "latest") ? "ALWAYS" : "IF_NOT_PRESENT";
}
