import * as grpc from "@grpc/grpc-js";
import { flow, getRunLogger } from "orch";

const write = (value: string) => Buffer.from(value);
const read = (bytes: Buffer) => bytes.toString();
const service = {
  shout: {
    path: "/Words/Shout",
    requestStream: false,
    responseStream: false,
    requestSerialize: write,
    requestDeserialize: read,
    responseSerialize: write,
    responseDeserialize: read,
  },
};

/** Both ends of gRPC over HTTP/2. */
export const example = flow(async function example(word: string = "hello") {
  const server = new grpc.Server();
  server.addService(service, {
    shout: (call: { request: string }, done: grpc.sendUnaryData<string>) => done(null, call.request.toUpperCase()),
  });
  const insecure = grpc.ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", insecure, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const answer = await new Promise((resolve, reject) => {
    client.makeUnaryRequest("/Words/Shout", write, read, word, (error, value) =>
      error ? reject(error) : resolve(value),
    );
  });
  getRunLogger().info(`answer: ${answer}`);
  client.close();
  server.forceShutdown();
});
