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
  /** Stores an object, past the code under test. */
  put(bucket: string, name: string, content: string): Promise<void>;
  /** Asks S3 itself, past the code under test. */
  s3(method: string, path: string, body?: string): Promise<Response>;
  /** A user with this policy, by its key; from then on every request is checked. */
  guard(statements: readonly object[]): Promise<{ key: string; secret: string }>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** `tls`: files of a key and its certificate. */
export async function startMoto(tls?: { key: string; certificate: string }): Promise<Moto> {
  const options = tls ? ["-c", tls.certificate, "-k", tls.key] : [];
  const child = Bun.spawn([join(environment ?? "", "bin", MOTO.program), "-p", "0", ...options], {
    ...{ stdin: "ignore", stdout: "ignore", stderr: "pipe" },
    env: { ...process.env, MOTO_S3_DEFAULT_MAX_KEYS: "100" }, // lists of more have pages
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
    async put(bucket, name, content) {
      await s3("PUT", `${bucket}/${name}`, content);
    },
    async guard(statements) {
      const iam = async (query: Record<string, string>) => {
        const body = new URLSearchParams({ ...query, Version: "2010-05-08", UserName: "user" }).toString();
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        const signing = { service: "iam", region: "us-east-1", accessKeyId: KEY, secretAccessKey: SECRET };
        const signed = await new AwsV4Signer({ method: "POST", url: `${address}/`, body, headers, ...signing }).sign();
        const response = await fetch(`${address}/`, { method: "POST", headers: signed.headers, body });
        const text = await response.text();
        if (!response.ok) throw new Error(`${query["Action"]}: ${response.status} ${text}`);
        return (element: string) => new RegExp(`<${element}>(.*?)</${element}>`).exec(text)?.[1] ?? "";
      };
      await iam({ Action: "CreateUser" });
      const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
      await iam({ Action: "PutUserPolicy", PolicyName: "policy", PolicyDocument: document });
      const made = await iam({ Action: "CreateAccessKey" });
      await fetch(`${address}/moto-api/reset-auth`, { method: "POST", body: "0" });
      return { key: made("AccessKeyId"), secret: made("SecretAccessKey") };
    },
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
