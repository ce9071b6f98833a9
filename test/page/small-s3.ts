// A bucket service in memory, enough for flow code to be stored and fetched. The real kinds of places have `test/stores`.
export interface SmallS3 {
  url: string;
  /** Contents by `bucket/key`. */
  objects: ReadonlyMap<string, Uint8Array>;
  stop(): Promise<void>;
}

export function smallS3(): SmallS3 {
  const objects = new Map<string, Uint8Array<ArrayBuffer>>();
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      const name = decodeURIComponent(pathname.slice(1));
      if (searchParams.has("list-type")) return list(name.replace(/\/$/, ""), searchParams.get("prefix") ?? "");
      if (request.method === "PUT") {
        objects.set(name, await request.bytes());
        return new Response(null, { headers: { etag: '"1"' } });
      }
      if (request.method === "DELETE") {
        objects.delete(name);
        return new Response(null, { status: 204 });
      }
      const content = objects.get(name);
      if (content) return new Response(content);
      return xml("<Error><Code>NoSuchKey</Code><Message>No such key.</Message></Error>", 404);
    },
  });

  function list(bucket: string, prefix: string): Response {
    const keys = [...objects.keys()].filter((name) => name.startsWith(`${bucket}/${prefix}`)).toSorted();
    const entries = keys.map((name) => {
      const key = encodeURIComponent(name.slice(bucket.length + 1));
      return `<Contents><Key>${key}</Key><Size>${objects.get(name)?.length}</Size><ETag>"1"</ETag></Contents>`;
    });
    return xml(`<ListBucketResult><IsTruncated>false</IsTruncated>${entries.join("")}</ListBucketResult>`, 200);
  }

  return { url: server.url.origin, objects, stop: () => server.stop(true) };
}

function xml(text: string, status: number): Response {
  return new Response(`<?xml version="1.0" encoding="UTF-8"?>${text}`, {
    status,
    headers: { "content-type": "application/xml" },
  });
}
