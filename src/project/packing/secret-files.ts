// Tells which files of a project are known to hold secrets: they are packed only if the ignore file asks for them with `!`.
import { closeSync, openSync, readSync } from "node:fs";

/** Settings of tools that log in somewhere, and what orch and Prefect keep in their homes. */
const FOLDERS =
  /(?:^|\/)(?:\.aws|\.ssh|\.gnupg|\.azure|\.kube|\.gcloud|\.config\/(?:gcloud|gh|rclone)|\.password-store|\.orch|\.prefect)\//;

const FILES = new RegExp(
  [
    "\\.netrc|_netrc|\\.npmrc|\\.pypirc|\\.git-credentials|\\.pgpass|\\.my\\.cnf|\\.htpasswd|\\.dockercfg|\\.envrc",
    "\\.vault-token|\\.s3cfg|\\.boto|\\.terraformrc|application_default_credentials\\.json",
    "id_(?:rsa|dsa|ecdsa|ed25519)(?![^/]*\\.(?:pub|py|[cm]?[jt]sx?)$)[^/]*",
    "[^/]*\\.(?:p12|pfx|jks|keystore|kdbx|ppk)|[^/]*\\.tfstate(?:\\.backup)?|\\.?rclone\\.conf",
    "encryption\\.key|orch\\.db(?:-wal|-shm)?",
  ].join("|"),
);
const FILE = new RegExp(`(?:^|/)(?:(?:${FILES.source})|\\.docker/config\\.json)$`);

/** Certificates and settings as well as keys: their content tells. */
const PERHAPS = /\.(?:pem|key|pk8|asc|ovpn)$|(?:^|\/)[^/]*(?:service[-_]?account|credentials)[^/]*\.json$/i;
const PRIVATE_KEY = "PRIVATE KEY";
/** A key is not further in: certificates of a chain may come first. */
const LOOKED_AT_BYTES = 64 * 1024;

/** Variables for one machine. `.env.example` and its like are for all. */
export function isEnvFile(path: string): boolean {
  return /(?:^|\/)\.env(?:\.[^/]+)?$/.test(path) && !/\.(?:example|sample|template|dist|defaults|schema)$/.test(path);
}

/** `path` is relative, with `/`; folders end in `/`. `read` gives the beginning of the file. */
export function isSecretFile(path: string, read: (bytes: number) => string): boolean {
  if (isEnvFile(path) || FOLDERS.test(path) || FILE.test(path)) return true;
  return PERHAPS.test(path) && read(LOOKED_AT_BYTES).includes(PRIVATE_KEY);
}

/** The beginning of a file, letter by byte; nothing of one that cannot be read. */
export function beginningOf(path: string, bytes: number): string {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const buffer = Buffer.alloc(bytes);
    return buffer.toString("latin1", 0, readSync(file, buffer));
  } catch {
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
