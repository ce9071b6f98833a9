import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { flow, getRunLogger } from "orch";

/** Answers as S3 does to three calls, and refuses what is not signed. */
function localS3() {
  const objects = new Map<string, Uint8Array<ArrayBuffer>>();
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (!request.headers.get("authorization")?.startsWith("AWS4-HMAC-SHA256 "))
        return new Response("", { status: 403 });
      const { pathname, searchParams } = new URL(request.url);
      if (request.method === "PUT") {
        objects.set(pathname, new Uint8Array(await request.arrayBuffer()));
        return new Response("", { headers: { etag: '"1"' } });
      }
      if (searchParams.has("list-type")) {
        const keys = [...objects.keys()].map((path) => `<Contents><Key>${path.split("/").at(-1)}</Key></Contents>`);
        return new Response(`<ListBucketResult>${keys.join("")}</ListBucketResult>`);
      }
      return new Response(objects.get(pathname));
    },
  });
}

export const example = flow(async function example(bucket: string = "reports") {
  const server = localS3();
  const client = new S3Client({
    endpoint: server.url.href,
    region: "eu-central-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: "ü.txt", Body: "héllo" }));
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: "ü.txt" }));
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  getRunLogger().info(`${await Body?.transformToString()}, ${Contents?.length} object`);
  client.destroy();
  await server.stop(true);
});
