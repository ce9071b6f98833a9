// Starts moto, a server that speaks like AWS: S3, STS and IAM, with its data in memory.
import { join } from "node:path";
import { AwsV4Signer } from "aws4fetch";
import { pythonEnvironment } from "../python.ts";

const MOTO = { name: "moto-5.2.5", program: "moto_server", packages: ["moto[server]==5.2.5"] };
const environment = await pythonEnvironment(MOTO).catch((error) => {
  console.log(`Skipped: moto cannot be installed here. ${error}`);
});

/** Whether it can be had here. */
export const possible = environment !== undefined;

export const KEY = "AKIAIOSFODNN7EXAMPLE";
export const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

export interface Moto {
  url: string;
  /** Makes a bucket with a name of its own. */
  bucket(region?: string): Promise<string>;
  /** Asks S3 itself, past the code under test. */
  s3(method: string, path: string, body?: string): Promise<Response>;
  pid: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** `tls`: files of a key and its certificate. */
export async function startMoto(tls?: { key: string; certificate: string }): Promise<Moto> {
  const options = tls ? ["-c", tls.certificate, "-k", tls.key] : [];
  const child = Bun.spawn([join(environment ?? "", "bin", MOTO.program), "-p", "0", ...options], {
    ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  });
  const reader = child.stderr
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader(); // the same streams
  let printed = "";
  let url: string | undefined;
  while (url === undefined) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`moto did not start: ${printed}`);
    printed += value;
    url = /Running on (https?:\/\/\S+:\d+)/.exec(printed)?.[1];
  }
  // It goes on to write a line for each request: not read, its pipe would fill up.
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  const address = url.replace("127.0.0.1", "localhost");
  const s3 = async (method: string, path: string, body?: string) => {
    const signer = new AwsV4Signer({
      ...{ method, url: `${address}/${path}`, service: "s3", region: "us-east-1" },
      ...{ accessKeyId: KEY, secretAccessKey: SECRET, ...(body === undefined ? {} : { body }) },
    });
    const { headers } = await signer.sign();
    const response = await fetch(`${address}/${path}`, {
      ...{ method, headers, tls: { rejectUnauthorized: false }, ...(body === undefined ? {} : { body }) },
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  let buckets = 0;
  return {
    url: address,
    s3,
    pid: child.pid,
    async bucket(region) {
      buckets += 1;
      const name = `bucket-${buckets}`;
      const place = `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;
      await s3("PUT", name, region === undefined ? undefined : place);
      return name;
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await child.exited;
      await drained;
    },
  };
}
