// Compares the key of an SSH server with what `known_hosts` says about it.
import { createHmac } from "node:crypto";

interface KnownKey {
  /** `ssh-ed25519`. */
  type: string;
  /** In base64, as files have it. */
  key: string;
  isRevoked: boolean;
}

/** The keys that lines of `known_hosts` have for a server, by names that are hashed too. Keys of authorities are left out. */
export function knownKeys(text: string, host: string, port: number): KnownKey[] {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  return text.split("\n").flatMap((line) => {
    const [first = "", ...others] = line.trim().split(/\s+/);
    const [hosts = "", type = "", key = ""] = first.startsWith("@") ? others : [first, ...others];
    if (first.startsWith("#") || first === "@cert-authority" || key === "" || !isNamed(hosts, name)) return [];
    return [{ type, key, isRevoked: first === "@revoked" }];
  });
}

/** `unknown`: no key of the server is known. */
export function compareKey(known: readonly KnownKey[], key: Buffer): "known" | "unknown" | "changed" | "revoked" {
  const text = key.toString("base64");
  const same = known.filter((one) => one.key === text);
  if (same.some(({ isRevoked }) => isRevoked)) return "revoked";
  if (same.length > 0) return "known";
  return known.some(({ isRevoked }) => !isRevoked) ? "changed" : "unknown";
}

const ALGORITHMS = [
  ...["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
  ...["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
];

/** Those of known keys come first: a server has several keys, and only the one that it is asked for can be compared. */
export function hostKeyAlgorithms(known: readonly KnownKey[]): string[] {
  const types = new Set(known.filter(({ isRevoked }) => !isRevoked).map(({ type }) => type));
  const isKnown = (algorithm: string) => types.has(algorithm.replace(/^rsa-sha2-\d+$/, "ssh-rsa"));
  return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((algorithm) => !isKnown(algorithm))];
}

function isNamed(hosts: string, name: string): boolean {
  if (hosts.startsWith("|1|")) {
    const [, , salt = "", hash = ""] = hosts.split("|");
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  }
  const patterns = hosts.toLowerCase().split(",");
  const isMatch = (pattern: string) => {
    const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(name);
  };
  if (patterns.some((pattern) => pattern.startsWith("!") && isMatch(pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && isMatch(pattern));
}
