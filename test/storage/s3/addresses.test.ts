// Addresses of buckets and keys, and signatures: names of every kind are signed as AWS's own library signs them.
import { describe, expect, test } from "bun:test";
import { type Bucket, parseBucketPath, urlOf } from "#storage/s3/bucket.ts";
import { signedHeaders } from "#storage/s3/requests.ts";
import { elements, elementText, escaped } from "#storage/xml.ts";

const AWS: Bucket = { name: "bucket", base: "", endpoint: null, isPathStyle: false, isSecure: true };
const KEYS = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };

/** Of botocore 1.40 for a GET of the key in a bucket of eu-west-1, on 2026-11-27 at 19:00:00 UTC. */
const SIGNATURES: Record<string, string> = {
  "flow.ts": "e1d1d2623cf4fdc2cbf0476ed93145a13c514f9e025059ad2a361cfabc5d3de2",
  "a b.ts": "7f740e38c4d046741e6d05e0cb03fe327c1db9ff4c9194f87c7e492de2789acc",
  " begins": "4c31d99a8458b7932f43f8f8dd00e34c370c70cf5b55c66290893ef81ae50418",
  "späße/ü.txt": "d40e882c0b738d13ec2fdc508a9bc7c0b05af083c16880cacb630b8936c1458f",
  "日本語.py": "b93c39a6d90d1a7a18247ebd87a53e4a54b98342d256c80108176780e228a6d8",
  "👍.txt": "52f0b422c5e4a041331422f12d11ddd57594fbbc357bd22365e5bcc68e873532",
  "p%20+q#r?.ts": "735473e1d7ed6966cf51783819000d2833effbaf8b3e6afa9596808b24c3f8bb",
  "+": "0da66c550fe1c8ed10d82f97749e8c5d62152fd7206cdec3aa4e5578dc1f6e4d",
  "%2B": "f0f9a2d9b26a4c19cfdbdedb05bf25ba99590b8a554f68fe639a63a45dec4480",
  "#": "91a083ceee1885950524699925b415438a618c7fe7193c7fcb1ff20fddb53aac",
  "a&b<c>'\".xml": "c00c1b1e04503629cbf663baf98f8f4aac78ac1aac91be1aa8e2f8f4b790ee47",
  ".hidden/.env": "76cc5435a7f5179140383c7aa3724c93319a5cc9712256ed773f435dfe5cfee0",
  "(1)!*~$,;=:@.txt": "e3931cda012b3d7212245349713d860187cd1a54555cce0606ad458dcc7231fd",
  "back\\slash": "13b45bce5f049afa3eb010fd9a4ef70f8cae55194bd8a412256b07b4a19a5636",
  "new\nline": "33557e1eee36b8c0ee91690f1d71095ad5b4b4bee8d7bd7a3ec1e7d39ff7acd1",
  "a//b": "20dd7913cc3ab68bed35a3188b6673aa5dafcdd10abb379f05a6feeae9a41d76",
  "tab\t": "59df650238e12aabe4090a580e0507a086dc0fd391ba27ba70fcbbec6b2e8923",
  "%": "32f3cc1954be5c9272292ee4906d605dd041b7f22c6eaddf0c9c739c2ca60497",
  "%zz": "e5b8885eb98ba87c327ec34de3563a20a4af2db739c7fd6789ff5e1c67c30a1f",
  é: "18a14b722ff77f94ee595b993460c150e070b702b2039c9677951723107665fc",
};

describe("blocks 5: a name is signed as AWS's own library signs it", () => {
  for (const [name, signature] of Object.entries(SIGNATURES)) {
    test(JSON.stringify(name), async () => {
      const url = urlOf(AWS, "eu-west-1", name);
      const signing = { keys: KEYS, region: "eu-west-1", moment: "20261127T190000Z" };
      const headers = await signedHeaders(url, { method: "GET" }, signing);
      expect(headers.get("authorization")).toEndWith(`Signature=${signature}`);
      expect(decodeURIComponent(url.pathname)).toBe(`/${name}`);
    });
  }
});

test("blocks 1: the address has the bucket in its host or in its path, at AWS or elsewhere", () => {
  const elsewhere = { ...AWS, endpoint: "http://minio.lan:9000/s3" };
  const addresses: [Bucket, string, string][] = [
    [AWS, "eu-west-1", "https://bucket.s3.eu-west-1.amazonaws.com/a%20b/c"],
    [AWS, "cn-north-1", "https://bucket.s3.cn-north-1.amazonaws.com.cn/a%20b/c"],
    [{ ...AWS, isPathStyle: true }, "us-east-1", "https://s3.us-east-1.amazonaws.com/bucket/a%20b/c"],
    [{ ...AWS, isSecure: false }, "us-east-1", "http://bucket.s3.us-east-1.amazonaws.com/a%20b/c"],
    [elsewhere, "us-east-1", "http://bucket.minio.lan:9000/s3/a%20b/c"],
    [{ ...elsewhere, isPathStyle: true }, "us-east-1", "http://minio.lan:9000/s3/bucket/a%20b/c"],
  ];
  for (const [bucket, region, address] of addresses) expect(urlOf(bucket, region, "a b/c").href).toBe(address);
});

test("blocks 3: a bucket is written with and without slashes and scheme", () => {
  for (const text of ["b/a/c", "b/a/c/", "/b//a/c//", "s3://b/a/c", "S3://b/a/c/"]) {
    expect(parseBucketPath(text)).toEqual({ name: "b", base: "a/c" });
  }
  expect(parseBucketPath("b")).toEqual({ name: "b", base: "" });
  for (const text of ["", "/", "s3://", "arn:aws:s3:eu-west-1:1:accesspoint/a", "b ucket/a"]) {
    expect(() => parseBucketPath(text)).toThrow(`'${text}' names no bucket`);
  }
});

test("XML is read with its entities, and written so that it can be read", () => {
  const name = "a&b<c>'\"ü👍&amp;";
  const xml = `<?xml version="1.0"?>\n<L xmlns="x"><Contents><Key>${escaped(name)}</Key><Size>5</Size></Contents><Contents>
    <Key>&#x1F44D;&#13;&apos;&unknown;</Key></Contents><Empty/><Data><![CDATA[<&amp;>]]></Data></L>`;
  expect(elements(xml, "Contents").map((entry) => elementText(entry, "Key"))).toEqual([name, "👍\r'&unknown;"]);
  expect(elementText(xml, "Empty")).toBe("");
  expect(elementText(xml, "Data")).toBe("<&amp;>");
  expect(elementText(xml, "Content")).toBeUndefined();
  expect(elementText("not XML at all", "Key")).toBeUndefined();
});
